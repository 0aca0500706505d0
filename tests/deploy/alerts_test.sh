#!/usr/bin/env bash
# The alert rules of deploy/prometheus: well formed, and each fires when alerts_test.yml says so. The
# dashboard of deploy/grafana: JSON whose every expression Prometheus can read. Skipped without promtool
# (tools/setup --checks fetches it). That the metrics exist is checked by tests/docs/metrics_test.sh.
set -euo pipefail
cd "$(dirname "$0")"
deploy=$PWD/../../deploy
PATH=$PATH:${CNNSELECT_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/cnnselect}  # where tools/setup puts promtool
for tool in promtool python3; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run() { "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }; }

run promtool check rules "$deploy/prometheus/cnnselect.yml"
run promtool test rules alerts_test.yml
for alert in $(sed -n 's/.*- alert: //p' "$deploy/prometheus/cnnselect.yml"); do
  shown=$(grep -A1 "alertname: $alert\$" alerts_test.yml || true)
  [[ $shown == *exp_alerts* ]] || { echo "alerts: nothing shows when $alert fires" >&2; exit 1; }
done

# Grafana's variables become what they may stand for; then each expression is a rule.
python3 - "$deploy/grafana/cnnselect.json" >"$work/dashboard.yml" <<'PYTHON'
import json
import sys

with open(sys.argv[1]) as file:
    dashboard = json.load(file)
queries = [(panel["title"], target["expr"]) for panel in dashboard["panels"]
           for target in panel.get("targets", [])]
print("groups: [{name: dashboard, rules: [")
for number, (title, query) in enumerate(queries):
    for variable, value in (("$__rate_interval", "5m"), ("$instance", ".*"), ("$family", ".*")):
        query = query.replace(variable, value)
    assert "$" not in query, f"{title}: an unknown variable in {query}"
    print(f"  {{record: query{number}, expr: {json.dumps(query)}}},")
print("]}]")
PYTHON
run promtool check rules "$work/dashboard.yml"
echo "alerts: $(grep -c 'alert:' "$deploy/prometheus/cnnselect.yml") rules and" \
  "$(grep -c record: "$work/dashboard.yml") queries of the dashboard, as expected"
