#!/usr/bin/env bash
# Schemathesis, which asks for everything that openapi.json describes, well and badly, and looks
# whether each answer is one that is described. It takes a minute.
#
# What a state or a limit of the server refuses is 501, 503 or 504 here, and no failure. What is
# refused or taken beyond the description is the parsers' tests' matter. Unloading is left out:
# there would be nothing more to ask.
set -euo pipefail
work=$(mktemp -d)  # for what it keeps of its runs
trap 'rm -rf "$work"' EXIT
cd "$work"
"$CNNSELECT_CLIENTS/python/bin/st" run "http://$CNNSELECT_HTTP/openapi.json" \
  --checks status_code_conformance,content_type_conformance,response_schema_conformance \
  --exclude-operation-id-regex '^unload' --phases examples,coverage,fuzzing \
  --max-time 60 --seed 1 --no-color
