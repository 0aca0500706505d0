#!/usr/bin/env bash
# curl, as the README has it: photos, tensors as JSON, in binary and bare, errors, control, timeouts.
set -euo pipefail
url=http://$CNNSELECT_HTTP
model=mobilenet_025_32
photo=../../zoo/pictures/phone/horse_face_12.0mp.jpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# expect TEXT [CURL ARGUMENT...]: what curl prints must contain TEXT; the status is its last line.
expect() {
  local text=$1 seen
  shift
  seen=$(curl -sS -w '\n%{http_code}' "$@")
  [[ $seen == *"$text"* ]] || { echo "curl $*: no '$text' in: ${seen:0:400}" >&2; exit 1; }
}
status() {
  local want=$1 seen
  shift
  seen=$(curl -sS -o /dev/null -w '%{http_code}' "$@")
  [ "$seen" = "$want" ] || { echo "curl $*: status $seen, want $want" >&2; exit 1; }
}

status 200 "$url/v2/health/ready"
status 200 -I "$url/v2"
expect '"name":"cnnselect"' "$url/v2"
expect '"openapi":"/openapi.json"' "$url/"
expect '"shape":[-1,3,32,32]' "$url/v2/models/$model"
expect '"max_batch_size":64' "$url/v2/models/$model/config"
expect 'cnnselect_requests_total' "$url/metrics"

expect '"label":"horse face"' --data-binary "@$photo" "$url/v1/families/emoji/classify?sla_ms=60000"
expect '"label":"horse face"' -F "file=@$photo" "$url/v1/families/emoji/classify"
expect '"label":"horse face"' -H 'x-cnnselect-sla-ms: 60000' --data-binary "@$photo" \
  "$url/v1/families/emoji/classify"

head -c $((3 * 32 * 32 * 4)) /dev/zero >"$work/tensor"
zeros=$(printf '0,%.0s' $(seq $((3 * 32 * 32 - 1))))0
printf '{"inputs":[{"name":"input","datatype":"FP32","shape":[1,3,32,32],"data":[%s]}]}' \
  "$zeros" >"$work/json"
printf '{"inputs":[{"name":"input","datatype":"FP32","shape":[1,3,32,32],"parameters":{"binary_data_size":12288}}]}' \
  >"$work/head"
cat "$work/head" "$work/tensor" >"$work/binary"
gzip -k "$work/json"
expect '"shape":[1,100],"data":[' --data-binary "@$work/json" "$url/v2/models/$model/infer"
expect '"shape":[1,100],"data":[' -H 'Content-Encoding: gzip' --compressed \
  --data-binary "@$work/json.gz" "$url/v2/models/$model/infer"
expect '"shape":[1,100],"data":[' \
  -H "Inference-Header-Content-Length: $(wc -c <"$work/head")" \
  --data-binary "@$work/binary" "$url/v2/models/$model/infer"
status 200 -H 'Inference-Header-Content-Length: 0' --data-binary "@$work/tensor" \
  "$url/v2/models/$model/infer"

expect '"error":' --data-binary '{' "$url/v2/models/$model/infer"
status 400 --data-binary '{' "$url/v2/models/$model/infer"
status 404 "$url/v2/models/nope"
status 405 -X DELETE "$url/v2"
status 415 --data-binary 'no photo' "$url/v1/families/emoji/classify"
expect 'sla_ms is 0' --data-binary "@$photo" "$url/v1/families/emoji/classify?sla_ms=0"
expect '"success":{"count":' "$url/v2/models/$model/stats"

status 200 -X POST "$url/v2/repository/models/$model/unload"
status 404 "$url/v2/models/$model"
expect '"reason":"unloaded"' -X POST "$url/v2/repository/index"
status 200 -X POST "$url/v2/repository/models/$model/load"
status 200 "$url/v2/models/$model/ready"

# A client that gives up: the server takes the request back and goes on.
head -c $((64 * 3 * 192 * 192 * 4)) /dev/zero >"$work/large"
printf '{"inputs":[{"name":"input","datatype":"FP32","shape":[64,3,192,192],"parameters":{"binary_data_size":28311552}}]}' \
  >"$work/head"
cat "$work/head" "$work/large" >"$work/binary"
if curl -sS -m 0.2 -o /dev/null -H "Inference-Header-Content-Length: $(wc -c <"$work/head")" \
  --data-binary "@$work/binary" "$url/v2/models/resnet_64_192/infer" 2>/dev/null; then
  echo "64 large images were answered within 0.2 s" >&2
  exit 1
fi
for _ in $(seq 100); do
  curl -sS "$url/metrics" | grep -q 'cnnselect_engine_requests{state="running"} 0' && break
  sleep 0.1
done
expect 'cnnselect_engine_requests{state="waiting"} 0' "$url/metrics"
expect 'cnnselect_engine_requests{state="running"} 0' "$url/metrics"
status 200 "$url/v2/health/ready"
echo "curl: all as expected"
