#!/usr/bin/env bash
# The manual pages of all commands: without a warning of man's own formatter, nor of mandoc where that
# is installed. Skipped without man.
#
#   manual_test.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "manual: $*" >&2; exit 1; }
command -v man >/dev/null || skip "man is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$program" man --folder .
for page in cnnselect cnnselect-serve cnnselect-models-list; do
  [ -f "$page.1" ] || fail "no $page.1"
done
for page in *.1; do
  MANWIDTH=100 man --warnings -l -Tutf8 "$page" >text 2>warnings || fail "$page: $(cat warnings)"
  sed -i 's/.\x08//g' text  # bold, as typewriters printed it
  [ ! -s warnings ] || fail "$page: $(cat warnings)"
  for part in NAME SYNOPSIS EXAMPLES 'EXIT STATUS'; do
    grep -q "$part" text || fail "$page: no $part: $(cat text)"
  done
done
if command -v mandoc >/dev/null; then
  mandoc -Tlint -W warning ./*.1 >warnings || fail "$(cat warnings)"
fi
echo "manual: $(ls ./*.1 | wc -l) pages, as expected"
