#!/usr/bin/env python3
"""The public declarations of every library product, one a line, as the compiler prints them, compared with docs/public-api.txt.

    Scripts/public-api.py MODULES             fails when they differ, with the difference; writes the file when it is absent
    Scripts/public-api.py MODULES --update    writes the file

MODULES is the folder of the built modules (.build/debug/Modules). A change of the file is a change of the interface: it
belongs in the commit that makes it and, where a declaration is removed or changed, in the changelog.
"""
import difflib
import json
import pathlib
import sys
import tempfile

import symbol_graphs

ROOT = pathlib.Path(__file__).resolve().parents[1]
LISTED = ROOT / "docs/public-api.txt"
# Conformances of nearly every type.
IMPLIED = {"Swift.Copyable", "Swift.Escapable", "Swift.SendableMetatype"}


def declarations(module, folder):
    """`path: declaration` for every public symbol of a module that the module itself declares."""
    with tempfile.TemporaryDirectory() as output:
        lines = set()
        for path in symbol_graphs.extract(module, folder, output):
            graph = json.loads(path.read_text())
            names = {symbol["identifier"]["precise"]: ".".join(symbol["pathComponents"]) for symbol in graph["symbols"]}
            for relation in graph["relationships"]:
                protocol = names.get(relation["target"], relation.get("targetFallback", relation["target"]))
                if relation["kind"] == "conformsTo" and relation["source"] in names and protocol not in IMPLIED:
                    lines.add(f"{names[relation['source']]}: conforms to {protocol}")
            for symbol in graph["symbols"]:
                text = "".join(part["spelling"] for part in symbol["declarationFragments"])
                lines.add(f"{'.'.join(symbol['pathComponents'])}: {' '.join(text.split())}")
    return sorted(lines)


def modules():
    """What the products offer: their own modules, and those that GigaSTT re-exports."""
    return symbol_graphs.MODULES + [name for name in symbol_graphs.library_products() if name not in symbol_graphs.MODULES]


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--update"]):
        raise SystemExit(__doc__)
    listed_modules = modules()
    text = "".join(
        f"# {module}\n" + "".join(f"{line}\n" for line in declarations(module, sys.argv[1])) for module in listed_modules)
    if sys.argv[2:] or not LISTED.exists():
        LISTED.write_text(text)
        print("public interface: written to docs/public-api.txt; commit it")
        return
    listed = LISTED.read_text()
    difference = list(difflib.unified_diff(
        listed.splitlines(), text.splitlines(), "docs/public-api.txt", "the sources", lineterm="", n=0))
    if difference:
        print("\n".join(difference))
        raise SystemExit("The public interface changed: Scripts/public-api.py .build/debug/Modules --update")
    print(f"public interface: {len(text.splitlines()) - len(listed_modules)} declarations, unchanged")


main()
