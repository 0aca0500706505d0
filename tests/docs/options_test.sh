#!/usr/bin/env bash
# Every option that the documentation names is one of the program, or of a tool that stands here.
#
#   options_test.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# curl, docker, cmake, ctest, gdb; our own scripts and benchmarks.
others='--data-binary --cacert --rm --ulimit --cpus --preset --args --gtest --version
  --build --install --component --prefix --python
  --stay --check --traces --program --cells --families --benchmark'
for command in serve simulate load classify 'models list' 'models evaluate' 'models init' \
  'profile show' 'profile export' 'profile reset' completion man; do
  # shellcheck disable=SC2086  # two words are two arguments
  "$program" $command --help
done | grep -oE -- '--[a-z][a-z0-9-]+' >"$work/known"
tr -s ' \n' '\n' <<<"$others" >>"$work/known"
sort -u "$work/known" -o "$work/known"

find README.md CONTRIBUTING.md docs -name '*.md' -exec grep -hoE -- '--[a-z][a-z0-9-]+' {} + |
  sort -u >"$work/named"
comm -13 "$work/known" "$work/named" >"$work/unknown"
if [ -s "$work/unknown" ]; then
  echo "options: named in the documentation, but there is no such option: $(tr '\n' ' ' <"$work/unknown")" >&2
  exit 1
fi
echo "options: $(wc -l <"$work/named"), all there"
