#!/usr/bin/env bash
# Trains the whole family: two lanes side by side, one thread each. Run again, it goes on.
#
#   all.sh WORK [PYTHON]
set -euo pipefail
work=${1:?usage: all.sh WORK [PYTHON]}
python=${2:-python3}
here=$(cd "$(dirname "$0")" && pwd)
export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

"$python" "$here/dataset.py" "$work"
lane() { for name in "$@"; do "$python" "$here/train.py" "$work" "$name"; done; }
lane resnet_64_96 resnet_64_192_short resnet_64_192 &
other=$!
lane mobilenet_025_64 mobilenet_025_48 mobilenet_025_32 resnet_32_96 \
  resnet_32_64 mobilenet_050_64 mobilenet_050_96
wait "$other"
