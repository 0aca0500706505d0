#!/usr/bin/env bash
# The settings that a package installs: read as they are, and with every default that they show.
#
#   settings_test.sh PROGRAM
set -euo pipefail
program=$1
settings=$(dirname "$0")/../../deploy/serve.toml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {  # NAME SED_PROGRAM
  # What is elsewhere on a machine that has the package installed.
  sed "s:/var/lib/cnnselect/:$work/:; s:/usr/share/cnnselect/repository:zoo/repository:; $2" \
    "$settings" >"$work/$1.toml"
  timeout 100 "$program" serve --config "$work/$1.toml" --check >"$work/said" 2>&1 ||
    { cat "$work/$1.toml" "$work/said" >&2; exit 1; }
  grep -q 'all is well' "$work/said"
}
cd "$(dirname "$0")/../.."
settings=deploy/serve.toml
check as_installed ''
check every_line 's/^# \([a-z_]* = \)/\1/'

# A word that stands behind # is the default, where the program tells one.
"$program" serve --help | sed -z 's/\n  \+\([^ -]\)/ \1/g' >"$work/help"  # an option a line
while read -r key value; do
  [ "$key" != workers ] || continue  # the machine's
  default=$(sed -n "s/^  --${key//_/-} .*default: \([^;)]*\)[;)].*/\1/p" "$work/help")
  [[ -z "$default" || "$default" == */* || "$default" == "$value" ]] ||
    { echo "settings: $settings shows $key = $value; the default is $default" >&2; exit 1; }
done < <(sed -n 's/^# \([a-z_]*\) = "\{0,1\}\([^" ]*\).*/\1 \2/p' "$settings")
echo "settings: as expected"
