#!/usr/bin/env python3
"""Copies the documents into FOLDER, at the same relative paths, with every file that they link to: Site/pages.py FOLDER.

So the links of the documents hold on the site as they do in the repository; a link to a file that does not exist is an error.
"""
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def linked(document):
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in LINK.findall(text):
        path = (document.parent / target).resolve()
        if not path.is_relative_to(ROOT) or not path.exists():
            raise SystemExit(f"error: {document.relative_to(ROOT)} links to {target}, which does not exist")
        yield path


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: Site/pages.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    waiting = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    copied = set()
    while waiting:
        path = waiting.pop()
        if path in copied:
            continue
        copied.add(path)
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            continue
        shutil.copyfile(path, target)
        if path.suffix == ".md":
            waiting += linked(path)


if __name__ == "__main__":
    main()
