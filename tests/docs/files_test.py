#!/usr/bin/env python3
"""Every file that a documented command reads is in this repository, or the same page makes it.

A word in capitals (DIR, TRACE.csv) stands for the reader's own file, and so does a photo.jpg.
"""
import pathlib
import re
import shlex
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
READ = {"--profile", "--network", "--arrivals", "--images", "--labels", "--drift", "--traces"}
OWN = re.compile(r"[A-Z_]+(\.\w+)?$")
MADE = re.compile(r"(?:>|-o|--usage|--rows)\s+(\S+)")


def commands(page: str):
    for block in BLOCK.findall(page):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.split()
            if words and (words[0] == "cnnselect" or words[0].startswith(("tools/", "bench/", "build/"))):
                yield line


def missing(page: str):
    made = set(MADE.findall(page))
    for command in commands(page):
        words = shlex.split(command, comments=True)
        read = [value for option, value in zip(words, words[1:]) if option in READ]
        read += [word for word in words if word.startswith(("data/", "zoo/", "tools/", "../"))]
        for value in read:
            file = value.split(":")[0]
            if "/" not in file and "." not in file or "(" in value:
                continue  # poisson, normal(63,15)
            if OWN.match(pathlib.Path(file).name) or file in made or (ROOT / file).exists() and ".." not in file:
                continue
            yield f"{file}, which this reads: {command.strip()}"


def main() -> int:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found, count = 0, 0
    for page in pages:
        text = page.read_text()
        count += len(list(commands(text)))
        for line in missing(text):
            print(f"files: {page.relative_to(ROOT)}: there is no {line}", file=sys.stderr)
            found += 1
    if count == 0:
        print("files: no commands were found", file=sys.stderr)
    print(f"files: {count} commands")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
