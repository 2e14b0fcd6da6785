"""A private server of PostgreSQL, as Debian's programs start it, on a socket in a temporary folder."""

import os
import pathlib
import shutil
import subprocess
import tempfile

VERSIONS = pathlib.Path("/usr/lib/postgresql")


def programs():
    """The folder of the newest version that is installed; None where there is none."""
    found = [path for path in VERSIONS.glob("*/bin") if (path / "pg_ctl").exists()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


class Postgres:
    """A server with an empty database `jobs` for the duration of `with`."""

    def __init__(self, synchronous=False):
        self.synchronous = "on" if synchronous else "off"

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="gigastt-postgres-")
        # The server does not run as root.
        if os.geteuid() == 0:
            os.chown(self.folder, 65534, 65534)
            self.user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        else:
            self.user = []
        self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        self.query("CREATE DATABASE jobs", database="postgres")
        self.url = f"postgres://postgres:geheim@/jobs?host={self.folder}"
        return self

    def run(self, name, *arguments):
        command = [*self.user, str(programs() / name), "-D", f"{self.folder}/data", *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def start(self):
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=200 -c fsync={self.synchronous}"
        self.run("pg_ctl", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def restart(self):
        """Ends all connections at once, with a statement that is being performed, and starts again."""
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")
        self.start()

    def query(self, statement, database="jobs"):
        """The rows of a statement, each a list of texts."""
        command = ["psql", "-h", self.folder, "-U", "postgres", "-d", database, "-X", "-q", "-t", "-A", "-F", "\x1f",
                   "-v", "ON_ERROR_STOP=1", "-c", statement]
        answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
        return [line.split("\x1f") for line in answer.splitlines()]

    def __exit__(self, kind, error, trace):
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
