#!/usr/bin/env bash
# Schemathesis, which asks for everything that openapi.json describes, well and badly, and looks
# whether each answer is one that is described. It takes a minute.
#
# What a state or a limit of the server refuses is 501, 503 or 504 here and no failure; what is
# refused or taken beyond the description is the parsers' tests' matter.
set -euo pipefail
url=http://$CNNSELECT_HTTP
exec "$CNNSELECT_CLIENTS/python/bin/st" run "$url/openapi.json" \
  --checks status_code_conformance,content_type_conformance,response_schema_conformance \
  --phases examples,coverage,fuzzing --max-time 60 --seed 1 --no-color
