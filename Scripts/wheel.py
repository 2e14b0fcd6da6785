"""The Python wheel of dist.py: the client of Python/ and, beside it, the files of the tarball."""
import base64
import hashlib
import io
import pathlib
import time
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
PYTHON = ROOT / "Python"
# The C library and C++ library that the program may need: that of NEWEST_GLIBC in dist.py.
TAG = "py3-none-manylinux_2_35_x86_64"


def metadata(project, version, licences):
    fields = [
        ("Metadata-Version", "2.4"), ("Name", project["name"]), ("Version", version), ("Summary", project["description"]),
        ("License-Expression", f"{project['license']} AND Apache-2.0 AND LGPL-2.1-or-later"), *(("License-File", name) for name in licences),
        *(("Classifier", name) for name in project["classifiers"]), ("Requires-Python", project["requires-python"]),
        *(("Requires-Dist", name) for name in project["dependencies"]), ("Description-Content-Type", "text/markdown")]
    head = "".join(f"{name}: {value}\n" for name, value in fields)
    return f"{head}\n{(PYTHON / project['readme']).read_text(encoding='utf-8')}"


def place(path, name):
    """Where a file of the tarball is in the wheel; None for one that has no use there."""
    if path.is_relative_to("lib/gigastt"):
        return f"gigastt_client/program/{path.relative_to('lib/gigastt')}"
    if path.name == "sbom.json.gz":
        return f"{name}.dist-info/sboms/{path.name}"
    if path == pathlib.Path("LICENSE") or path.name.startswith(("onnxruntime-", "THIRD-PARTY")):
        return f"{name}.dist-info/licenses/{path.name}"
    if path.is_relative_to("share/doc"):
        return None
    return f"{name}.data/data/{path}"


def contents(folder, version):
    """The files of the wheel: name to content and mode, without RECORD."""
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = f"{project['name'].replace('-', '_')}-{version}"
    files = {}
    for path in sorted(folder.rglob("*")):
        target = place(path.relative_to(folder), name)
        if target is not None and path.is_file() and not path.is_symlink():
            files[target] = (path.read_bytes(), path.stat().st_mode & 0o777)
    for path in sorted((PYTHON / "src/gigastt_client").iterdir()):
        if path.suffix == ".py" or path.name == "py.typed":
            files[f"gigastt_client/{path.name}"] = (path.read_bytes(), 0o644)
    prefix = f"{name}.dist-info/licenses/"
    licences = [target.removeprefix(prefix) for target in files if target.startswith(prefix)]
    scripts = "".join(f"{command} = {function}\n" for command, function in project["scripts"].items())
    for file, text in (("METADATA", metadata(project, version, licences)), ("entry_points.txt", f"[console_scripts]\n{scripts}"),
                       ("WHEEL", f"Wheel-Version: 1.0\nGenerator: gigastt\nRoot-Is-Purelib: false\nTag: {TAG}\n")):
        files[f"{name}.dist-info/{file}"] = (text.encode(), 0o644)
    return name, files


def write(folder, version, moment, target):
    """Writes the wheel of an unpacked tarball into a folder. The bytes depend on the files and the time only."""
    name, files = contents(folder, version)
    record = f"{name}.dist-info/RECORD"
    lines = []
    for path, (content, _) in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}\n")
    files[record] = ("".join([*lines, f"{record},,\n"]).encode(), 0o644)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # The description of the package comes last, as the format recommends.
        for path in sorted(files, key=lambda path: (path.startswith(f"{name}.dist-info/"), path == record, path)):
            content, mode = files[path]
            entry = zipfile.ZipInfo(path, time.gmtime(moment)[:6])
            entry.create_system, entry.external_attr = 3, (0o100000 | mode) << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 6)
    (target / f"{name}-{TAG}.whl").write_bytes(packed.getvalue())
