#!/usr/bin/env bash
# Makes the Debian package of a finished build, unpacks it, looks at what is in it, and runs the
# program from there: from start to SIGTERM, answering curl. Nothing is installed.
#
#   package_test.sh BUILD_FOLDER SANITIZERS
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1 sanitizers=$2
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "package: $*" >&2; exit 1; }
[ -z "$sanitizers" ] || skip "a build with $sanitizers is not for packaging"
for tool in cpack dpkg-deb dpkg-shlibdeps file readelf strings curl; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

work=$(mktemp -d)
server=
clean() {
  [ -z "$server" ] || { kill -KILL "$server" 2>/dev/null || true; }
  rm -rf "$work"
}
trap clean EXIT

# ---- what it says of itself ----------------------------------------------------------------------
# Compressing is what takes long.
cpack --config "$build/CPackConfig.cmake" -B "$work/out" -D CPACK_DEBIAN_COMPRESSION_TYPE=none \
  >"$work/log" 2>&1 || fail "$(cat "$work/log")"
package=$(ls "$work"/out/*.deb)
[[ $(basename "$package") =~ ^cnnselect_[0-9.]+_[a-z0-9]+\.deb$ ]] || fail "file name $package"
depends=$(dpkg-deb -f "$package" Depends)
for library in libc6 libgrpc++ libsqlite3-0 libwebp7 adduser; do
  [[ $depends == *"$library"* ]] || fail "no dependency on $library in: $depends"
done
[[ $depends != *onnxruntime* ]] || fail "it brings ONNX Runtime itself, and depends on: $depends"
dpkg-deb -e "$package" "$work/control"
grep -qx /etc/cnnselect/serve.toml "$work/control/conffiles" || fail "no conffile"
for script in postinst prerm postrm; do
  [ -x "$work/control/$script" ] || fail "$script cannot be run"
  sh -n "$work/control/$script"
done
(cd "$work" && dpkg-deb -x "$package" root && cd root && md5sum --quiet -c ../control/md5sums)

# ---- what is in it -------------------------------------------------------------------------------
root=$work/root
for file in usr/bin/cnnselect usr/lib/cnnselect/libonnxruntime.so.1 etc/cnnselect/serve.toml \
  usr/lib/systemd/system/cnnselect.service usr/share/cnnselect/repository/emoji.family.toml \
  usr/share/doc/cnnselect/copyright usr/share/doc/cnnselect/operations.md \
  usr/share/cnnselect/prometheus/cnnselect.yml usr/share/cnnselect/grafana/cnnselect.json \
  usr/share/man/man1/cnnselect.1 usr/share/man/man1/cnnselect-profile-show.1 \
  usr/share/bash-completion/completions/cnnselect usr/share/zsh/vendor-completions/_cnnselect \
  usr/share/fish/vendor_completions.d/cnnselect.fish; do
  [ -f "$root/$file" ] || fail "no $file"
done
diff -r zoo/repository "$root/usr/share/cnnselect/repository" || fail "another repository"
unexpected=$(cd "$root" && find . -type f | grep -vE \
  '^\./(usr/bin/cnnselect|usr/lib/(cnnselect|systemd/system)/|usr/share/((doc/)?cnnselect|man/man1|bash-completion/completions|zsh/vendor-completions|fish/vendor_completions.d)/|etc/cnnselect/)' || true)
[ -z "$unexpected" ] || fail "unexpected files: $unexpected"
open=$(dpkg-deb -c "$package" | awk '$1 ~ /^[-d].......w/ || $2 != "root/root"')
[ -z "$open" ] || fail "writable for all, or not root's: $open"
program=$root/usr/bin/cnnselect
# Into variables: a pipe that grep -q closes early would be a failure, now and then.
dynamic=$(readelf -d "$program") libraries=$(ldd "$program")
[[ $dynamic == *'[$ORIGIN/../lib/cnnselect]'* ]] || fail "run path: $dynamic"
[[ $libraries != *'not found'* ]] || fail "$libraries"
[[ $libraries == *"$root/usr/bin/../lib/cnnselect/libonnxruntime.so.1"* ]] || fail "$libraries"
paths="$PWD|$(cd "$build" && pwd)"
! grep -rE "$paths" "$root/etc" "$root/usr/share/man" "$root/usr/lib/systemd" "$work/control" || fail "paths of the build"
! strings -a "$program" | grep -E "$paths" || fail "paths of the build in the program"

# ---- that it runs --------------------------------------------------------------------------------
cd "$work"
sed "s:/var/lib/cnnselect/:$work/state/:; s/^\(http\|grpc\) = .*/\1 = \"127.0.0.1:0\"/" \
  "$root/etc/cnnselect/serve.toml" >serve.toml
mkdir state
timeout 60 "$program" serve --config serve.toml --check >checked 2>log || fail "$(cat log)"
grep -q 'all is well: 1 family, 7 models' checked || fail "$(cat checked)"
: >address
"$program" serve --config serve.toml >address 2>log &
server=$!
for _ in $(seq 600); do
  grep -q grpc address && break
  kill -0 "$server" 2>/dev/null || fail "$(cat log)"
  sleep 0.1
done
url=$(sed -n 's/listening on \(http:\)/\1/p' address)
[ "$(curl -sS -o /dev/null -w '%{http_code}' "$url/v2/health/ready")" = 200 ] || fail "not ready"
photo=$OLDPWD/zoo/pictures/phone/horse_face_12.0mp.jpg
answer=$(curl -sS --data-binary "@$photo" "$url/v1/families/emoji/classify?sla_ms=60000")
[[ $answer == *'"label":"horse face"'* ]] || fail "$answer"
kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
[ "$status" = 0 ] || fail "status $status after SIGTERM: $(cat log)"
[ -f state/store.db ] || fail "no store"
echo "package: $(basename "$package"), $(stat -c %s "$package") bytes, as expected"
