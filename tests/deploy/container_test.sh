#!/usr/bin/env bash
# What can be known of deploy/Dockerfile where no container engine is: that everything it copies is
# there and all that the build needs, and that the image runs as it should.
set -euo pipefail
cd "$(dirname "$0")/../.."
file=deploy/Dockerfile
fail() { echo "container: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One instruction a line.
sed -e 's/^ *#.*//' -e ':a; /\\$/ { N; s/\\\n//; ba }' "$file" | grep -v '^ *$' >"$work/Dockerfile"
has() { grep -qE "$1" "$work/Dockerfile" || fail "no line like '$1'"; }
[ "$(grep -c '^FROM debian:12\( AS build\)\?$' "$work/Dockerfile")" = "$(grep -c '^FROM' "$work/Dockerfile")" ] ||
  fail "an image that is not debian:12"
has '^USER cnnselect$'
has '^EXPOSE 8000 8001$'
has '^STOPSIGNAL SIGTERM$'
has '^ENTRYPOINT \["/usr/bin/cnnselect"\]$'
has '^CMD \["serve"\]$'
has '^HEALTHCHECK .* CMD \["curl", .*/v2/health/ready"\]$'
# The name that CPack gives (tests/deploy/package_test.sh) and the folder of tools/package.
has '^COPY --from=build /src/build/release/package/cnnselect_\*\.deb /tmp/$'
grep -q '^folder=build/\$preset/package$' tools/package || fail "tools/package puts it elsewhere"

# What the first stage needs: folders that the build without tests names, what is installed, tools.
copied=$(grep '^COPY [^-]' "$work/Dockerfile" | sed 's/^COPY //; s/ [^ ]*$//' | tr ' ' '\n')
for source in $copied; do
  [ -e "$source" ] || fail "COPY $source: there is no such file"
  grep -qx "!${source%%/*}" .dockerignore || fail "COPY $source: .dockerignore leaves it out"
done
is_copied() {
  local source
  for source in $copied; do [[ $1 == "$source" || $1/ == "$source"* ]] && return; done
  fail "$1 is needed, but not copied"
}
for needed in $(sed -nE 's/^add_subdirectory\((.*)\)$/\1/p' CMakeLists.txt) \
  $(grep -oE '(deploy|docs|zoo)/[a-zA-Z_/.]+|README\.md' cmake/Package.cmake) \
  CMakeLists.txt CMakePresets.json cmake include tools/setup tools/packages.txt tools/build tools/package; do
  is_copied "$needed"
done
echo "container: as expected"
