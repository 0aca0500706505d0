#!/usr/bin/env bash
# What systemd says of the unit, without running it: whether it reads it, and how exposed it is.
#
#   unit_test.sh PROGRAM
set -euo pipefail
program=$1
unit=$(dirname "$0")/../../deploy/cnnselect.service
most_exposed=2.0  # of 10, where 10 is a service that may do anything
command -v systemd-analyze >/dev/null || { echo "skipped: systemd-analyze is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The program need not be installed, nor kill.
sed "s:/usr/bin/cnnselect:$program:; s:/bin/kill:$(command -v true):" "$unit" >"$work/cnnselect.service"
systemd-analyze verify --man=no "$work/cnnselect.service" >"$work/said" 2>&1 ||
  { cat "$work/said" >&2; exit 1; }
# Others' units that this machine lacks are not ours to mend; what is said of this one is.
! grep -F cnnselect "$work/said" >&2
exposure=$(systemd-analyze security --offline=yes --no-pager "$work/cnnselect.service" 2>/dev/null |
  sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p')
awk -v seen="$exposure" -v most="$most_exposed" 'BEGIN { exit !(seen != "" && seen <= most) }' ||
  { echo "unit: exposure '$exposure', at most $most_exposed is allowed" >&2; exit 1; }

# Of the two clocks that end it, the program's must come first.
seconds() { sed -n "s/^$1 *= *\"*\([0-9]*\)s*\"*\$/\1/p" "$2"; }
settings=$(dirname "$unit")/serve.toml
own=$(($(seconds shutdown_delay "$settings") + $(seconds grace "$settings")))
[ "$own" -lt "$(seconds TimeoutStopSec "$unit")" ] ||
  { echo "unit: TimeoutStopSec is not above the program's own $own s" >&2; exit 1; }
echo "unit: exposure $exposure, as expected"
