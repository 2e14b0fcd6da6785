#!/usr/bin/env python3
"""The documentation of the library GigaSTT with the types that it re-exports, which SwiftPM's plugin leaves out.

    Scripts/library-docs.py MODULES SNIPPETS ARCHIVE    MODULES: folder of the built modules; SNIPPETS: their symbol graph

A warning is a failure; so is a public type that no topic of GigaSTT.md names.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import symbol_graphs

CATALOG = symbol_graphs.ROOT / "Sources/GigaSTT/GigaSTT.docc"


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    modules, snippets, archive = sys.argv[1:]
    name, *others = symbol_graphs.MODULES
    with tempfile.TemporaryDirectory() as graphs:
        symbol_graphs.extract(name, modules, graphs, f"-experimental-allowed-reexported-modules={','.join(others)}")
        shutil.copy(snippets, graphs)
        shutil.rmtree(archive, ignore_errors=True)
        done = subprocess.run([
            "docc", "convert", CATALOG, "--additional-symbol-graph-dir", graphs, "--output-path", archive,
            "--fallback-display-name", name, "--fallback-bundle-identifier", name, "--warnings-as-errors"])
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    page = json.loads((pathlib.Path(archive) / f"data/documentation/{name.lower()}.json").read_text())
    # What no topic names is put under a heading of its kind.
    left = [link.rsplit("/", 1)[-1] for section in page["topicSections"] if section.get("generated") for link in section["identifiers"]]
    if left:
        raise SystemExit(f"no topic of {CATALOG.name}/{name}.md names: {', '.join(left)}")
    print(archive)


main()
