#!/usr/bin/env bash
# docs/metrics.md names every metric of a running server, and no other; so do the alert rules and the
# dashboard of deploy/.
#
#   metrics_test.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../.."
for tool in curl openssl; do
  command -v "$tool" >/dev/null || { echo "metrics: $tool is missing" >&2; exit 77; }
done
work=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

# With everything on that has metrics of its own.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
  -keyout "$work/key.pem" -out "$work/certificate.pem" -subj /CN=localhost 2>"$work/openssl.log"
printf '[[key]]\nname = "test"\nsha256 = "%s"\n' \
  "$(printf secret | sha256sum | cut -d' ' -f1)" >"$work/keys.toml"
"$program" serve --models zoo/repository --http 127.0.0.1:0 --grpc off --api-keys "$work/keys.toml" \
  --tls-certificate "$work/certificate.pem" --tls-key "$work/key.pem" >"$work/address" 2>"$work/log" &
server=$!
for _ in $(seq 600); do
  grep -q listening "$work/address" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/listening on //p' "$work/address")
curl -sSkf -H 'x-api-key: secret' "$url/metrics" >"$work/metrics"

sed -n 's/^# TYPE \([a-z0-9_]*\) .*/\1/p' "$work/metrics" | sort -u >"$work/served"
grep -oE '^\| `(cnnselect|process)_[a-z0-9_]+` \|' docs/metrics.md | tr -d '|` ' | grep -v '^$' | sort -u >"$work/documented"
if ! diff "$work/served" "$work/documented" >"$work/difference"; then
  echo "metrics: < served only, > in docs/metrics.md only" >&2
  cat "$work/difference" >&2
  exit 1
fi
# Without the series of a histogram, which Prometheus names after it.
grep -ohE '\b(cnnselect|process)_[a-z0-9_]+' deploy/prometheus/cnnselect.yml deploy/grafana/cnnselect.json |
  sed -E 's/_seconds_(bucket|sum|count)$/_seconds/' | sort -u >"$work/watched"
if [ -n "$(comm -13 "$work/served" "$work/watched")" ]; then
  echo "metrics: deploy/ asks for what no server has: $(comm -13 "$work/served" "$work/watched" | tr '\n' ' ')" >&2
  exit 1
fi
echo "metrics: $(wc -l <"$work/watched") in deploy/, all served"
echo "metrics: $(wc -l <"$work/served"), all documented"
