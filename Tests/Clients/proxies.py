"""nginx and Caddy, running with the shipped files: names, ports and certificates are replaced, nothing else."""

import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

from serving import ROOT, free_port

NAME = "speech.example.org"
UNPACKED = ROOT / ".cache/debian"


def find(program):
    """The path of a program: one that was unpacked for the tests, else an installed one, else `None`."""
    unpacked = [UNPACKED / folder / program for folder in ("usr/sbin", "usr/bin")]
    return next(filter(lambda path: path and pathlib.Path(path).exists(), [*unpacked, shutil.which(program)]), None)


class Proxy:
    """A proxy on a free port. Its address is known before the server runs whose port it needs."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.path = pathlib.Path(self.folder.name)
        self.program, self.port, self.process = find(program), free_port(), None

    def __enter__(self):
        return self

    def run(self, *arguments):
        self.log = open(self.path / "log", "wb")
        self.process = subprocess.Popen(
            [self.program, *arguments], stdout=self.log, stderr=self.log, env={"HOME": self.folder.name})
        # Caddy listens before its certificate authority has issued the certificate.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        end = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    context.wrap_socket(connection, server_hostname=NAME).close()
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise SystemExit(f"{self.program} did not start:\n{(self.path / 'log').read_text()}") from None
                self.process.poll()

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.log.close()
        self.folder.cleanup()


class Nginx(Proxy):
    """nginx with Deploy/nginx.conf; with a prefix, the location `/` is moved there, as the comment in the file describes."""

    def __init__(self, prefix="/"):
        super().__init__("nginx")
        self.prefix, self.url = prefix, f"https://{NAME}:{self.port}{prefix}"

    def start(self, port):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
             "-keyout", self.path / "key.pem", "-out", self.path / "cert.pem"], check=True, capture_output=True)
        shipped = (ROOT / "Deploy/nginx.conf").read_text()
        for old, new in [
            ("server 127.0.0.1:9876;", f"server 127.0.0.1:{port};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"),
            (f"/etc/ssl/{NAME}.pem", str(self.path / "cert.pem")),
            (f"/etc/ssl/{NAME}.key", str(self.path / "key.pem")),
        ]:
            assert shipped.count(old) == 1, old
            shipped = shipped.replace(old, new)
        if self.prefix != "/":
            shipped = shipped.replace("location / {", f"location {self.prefix} {{")
            shipped = shipped.replace("location /v1/admin/", f"location {self.prefix}v1/admin/")
            shipped = shipped.replace("proxy_pass http://gigastt;", "proxy_pass http://gigastt/;")
        places = "".join(
            f"    {kind}_temp_path {self.path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.path / "nginx.conf").write_text(
            f"worker_processes 1;\npid {self.path}/pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{\n    access_log off;\n{places}{shipped}\n}}\n")
        self.run("-p", str(self.path), "-c", str(self.path / "nginx.conf"), "-e", "stderr", "-g", "daemon off;")


class Caddy(Proxy):
    """Caddy with Deploy/Caddyfile, with its own certificate authority instead of a public one."""

    def __init__(self):
        super().__init__("caddy")
        self.url = f"https://{NAME}:{self.port}/"

    def start(self, port):
        shipped = (ROOT / "Deploy/Caddyfile").read_text()
        shipped, count = re.subn(rf"^{re.escape(NAME)} {{$", f"{NAME}:{self.port} {{\n\ttls internal", shipped, flags=re.MULTILINE)
        assert count == 1 and shipped.count("127.0.0.1:9876") == 1, shipped
        shipped = shipped.replace("127.0.0.1:9876", f"127.0.0.1:{port}")
        (self.path / "Caddyfile").write_text(
            f"{{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}}\n{shipped}")
        self.run("run", "--config", str(self.path / "Caddyfile"), "--adapter", "caddyfile")
