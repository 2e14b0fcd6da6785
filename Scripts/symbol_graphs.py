"""Symbol graphs of the library's modules, as the compiler writes them."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
# GigaSTT and what it re-exports (Sources/GigaSTT/Exports.swift).
MODULES = ["GigaSTT", "STTMedia", "STTValues"]


def library_products():
    """The modules of the Swift libraries of Package.swift; a dynamic library has the interface of a C header instead."""
    described = json.loads(subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, check=True, text=True).stdout)
    return [target for product in described["products"] if product["type"] == {"library": ["automatic"]}
            for target in product["targets"]]


def extract(module, folder, output, *options):
    """Writes the graphs of a module into the folder `output`; `folder` is that of the built modules."""
    target = json.loads(subprocess.run(
        ["swift", "-print-target-info"], capture_output=True, check=True, text=True).stdout)["target"]["triple"]
    command = [
        "swift", "symbolgraph-extract", "-module-name", module, "-I", folder, "-target", target,
        "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", output, *options,
    ]
    # The C modules of this package, and of those that a module depends on.
    for headers in sorted([*ROOT.glob("Sources/C*/include"), *ROOT.glob(".build/checkouts/*/Sources/*/include")]):
        command += ["-I", headers]
        for generated in pathlib.Path(folder).parent.glob(f"{headers.parent.name}.build/module.modulemap"):
            command += ["-Xcc", f"-fmodule-map-file={generated}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"symbolgraph-extract failed for {module}:\n{done.stderr}")
    return sorted(pathlib.Path(output).glob(f"{module}*.symbols.json"))
