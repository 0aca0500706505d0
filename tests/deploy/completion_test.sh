#!/usr/bin/env bash
# The scripts for bash, zsh and fish, each read by its shell and asked to complete real command lines.
# A shell that is not installed is left out, bash is always there.
#
#   completion_test.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir models
touch photo.jpg 'a photo.jpg'
export PATH=$(dirname "$program"):$PATH
fail() { echo "completion: $*" >&2; exit 1; }
for shell in bash zsh fish; do cnnselect completion "$shell" >"$shell"; done

# ---- bash: what its completion is told is in COMP_WORDS -----------------------------------------
offered_by_bash() {  # WORD...
  bash -c 'source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cnnselect
    printf "%s;" "${COMPREPLY[@]}"' bash "$@"
}
bash_says() {  # EXPECTED WORD...
  local expected=$1 said
  shift
  said=$(offered_by_bash "$@")
  [ "$said" = "$expected" ] || fail "bash: '$*' gave '$said', not '$expected'"
}
registered=$(bash -c 'source ./bash; complete -p cnnselect')
[[ $registered == *'-F _cnnselect'* ]] || fail "bash: $registered"
bash_says '--max-queue;' cnnselect serve --max-q
bash_says 'ontime;' cnnselect serve --policy on
bash_says 'ontime;' cnnselect serve --policy = on
bash_says 'fastest,ontime;' cnnselect serve --policies fastest,on
bash_says 'models;' cnnselect serve --models mo
bash_says 'a photo.jpg;' cnnselect classify 'a p'

# ---- zsh: at a terminal of its own, since its completion works nowhere else ----------------------
told=bash
if command -v zsh >/dev/null; then
  told+=", zsh"
  cat >ask.zsh <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
typeset said=
until_said() {  # PATTERN: reads what the shell writes until it has said that
  local part
  repeat 200; do
    while zpty -r -t shell part; do said+=$part; done
    [[ $said == *$~1* ]] && return
    sleep 0.05
  done
  print -r -- "$said"
  exit 1
}
zpty -w shell 'autoload -U compinit; compinit -u -d dump; source ./zsh; PS1=; print ready-''now'
until_said ready-now
zpty -w shell 'cnnselect() { print -r -- "typed: $*" }'
zpty -w -n shell $'cnnselect serve --policy ont\t --late=rej\t --policies fastest,ont\t --models mo\t --max-q\t\n'
until_said 'typed: serve --policy ontime --late=reject --policies fastest,ontime --models models --max-queue'
ZSH
  zsh -f ask.zsh >zsh_said || fail "zsh: $(cat zsh_said)"
fi

# ---- fish: it is asked without a terminal --------------------------------------------------------
fish_says() {  # EXPECTED LINE
  local said
  said=$(HOME=$work fish --no-config -c "source ./fish; complete -C '$2'" | cut -f1 | tr '\n' ';')
  [ "$said" = "$1" ] || fail "fish: '$2' gave '$said', not '$1'"
}
if command -v fish >/dev/null; then
  told+=", fish"
  fish_says '--max-queue;' 'cnnselect serve --max-q'
  fish_says 'ontime;' 'cnnselect serve --policy on'
  fish_says 'fastest,ontime;' 'cnnselect serve --policies fastest,on'
  fish_says 'models/;' 'cnnselect serve --models mo'
fi
echo "completion: $told, as expected"
