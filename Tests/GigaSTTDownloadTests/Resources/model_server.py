"""A web server with bad manners, for the tests of the downloader.

    python3 model_server.py FOLDER LOG

Serves FOLDER/NAME under /BEHAVIOUR/CASE/NAME on a free port of 127.0.0.1. The first line on standard output is a JSON
object with the port and the SHA-256 of each file; LOG gets one JSON object for each request. Standard input: `go CASE`
lets held answers go on, `drop CASE` breaks them off; the end of input ends the program. Also a proxy: CONNECT leads
back to here.
"""
import collections
import hashlib
import http.server
import json
import os
import socket
import sys
import threading

FOLDER, LOG = sys.argv[1:3]
lock = threading.Lock()
counts = collections.Counter()
released = collections.defaultdict(threading.Event)
dropped = set()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 is too few for tests that run side by side: connections would hang.
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # Clients of these tests leave when they like.


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def note(self):
        line = {"method": self.command, "path": self.path, "range": self.headers.get("Range"),
                "if_range": self.headers.get("If-Range"), "authorization": self.headers.get("Proxy-Authorization")}
        with lock, open(LOG, "a") as log:
            log.write(json.dumps(line) + "\n")

    def do_CONNECT(self):
        self.note()
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(self.server.server_address) as target:
            def copy(source, sink):
                while block := source.recv(65536):
                    sink.sendall(block)
                sink.shutdown(socket.SHUT_WR)
            back = threading.Thread(target=copy, args=(target, self.connection), daemon=True)
            back.start()
            copy(self.connection, target)
            back.join()
        self.close_connection = True

    def do_GET(self):
        self.note()
        behaviour, self.case, name = self.path.lstrip("/").split("/", 2)
        with lock:
            counts[self.path] += 1
            self.turn = counts[self.path]
        path = os.path.join(FOLDER, name)
        if not os.path.isfile(path):
            return self.head(404, {"Content-Length": 0})
        with open(path, "rb") as file:
            self.data = file.read()
        getattr(self, behaviour)(name)

    def head(self, status, headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, str(value))
        self.end_headers()

    def first(self):
        text = self.headers.get("Range")
        return int(text[len("bytes="):-1]) if text else 0

    def plain(self, name, etag='"one"', send=None, ranges=True, data=None):
        """The right answer. `send` limits the bytes of the body that are really sent."""
        data = self.data if data is None else data
        start = self.first() if ranges else 0
        condition = self.headers.get("If-Range")
        if condition and condition != etag:
            start = 0
        headers = {"ETag": etag} if etag else {}
        if start >= len(data) > 0 and start:
            return self.head(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": 0})
        headers["Content-Length"] = len(data) - start
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.head(206 if start else 200, headers)
        body = data[start:] if send is None else data[start:start + send]
        self.wfile.write(body)
        self.wfile.flush()

    def close(self):
        self.close_connection = True

    def noetag(self, name):
        self.plain(name, etag=None)

    def norange(self, name):
        """Half of it, then all of it whatever is asked for."""
        if self.turn == 1:
            return self.half(name)
        self.plain(name, ranges=False)

    def cut(self, name):
        """The first answer breaks off in the middle."""
        if self.turn > 1:
            return self.plain(name)
        self.plain(name, send=len(self.data) // 2)
        self.close()

    def cutalways(self, name):
        """No answer gives more than 200 000 bytes."""
        self.plain(name, send=200000)
        self.close()

    def empty(self, name):
        """No answer gives a byte."""
        self.plain(name, send=0)
        self.close()

    def hold(self, name):
        """The first answer stops in the middle until it is released."""
        if self.turn > 1:
            return self.plain(name)
        self.half(name)
        if self.case not in dropped:
            self.wfile.write(self.data[len(self.data) // 2:])

    def half(self, name, wrong=False, **options):
        """Half of a body, then nothing until it is released; whoever calls this adds what comes after."""
        data = bytes(byte ^ 255 for byte in self.data) if wrong else self.data
        self.plain(name, send=len(data) // 2, data=data, **options)
        released[self.case].wait()
        self.close()

    def mute(self, name):
        """The first request gets no answer until it is released."""
        if self.turn == 1:
            released[self.case].wait()
        self.plain(name)

    def short(self, name):
        """A length that is too small."""
        self.head(200, {"Content-Length": len(self.data) - 5})
        self.wfile.write(self.data)
        self.close()

    def long(self, name):
        """A length that is too large, the first time."""
        if self.turn > 1:
            return self.plain(name)
        self.head(200, {"Content-Length": len(self.data) + 5})
        self.wfile.write(self.data)
        self.close()

    def huge(self, name):
        """A length that no model has."""
        self.head(200, {"Content-Length": 3 << 30})
        self.close()

    def endless(self, name):
        """No length, and no end."""
        self.head(200, {"Transfer-Encoding": "chunked"})
        while True:
            self.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    def unsized(self, name):
        """No length, and the right bytes."""
        self.head(200, {"Transfer-Encoding": "chunked"})
        self.wfile.write(b"%x\r\n" % len(self.data) + self.data + b"\r\n0\r\n\r\n")

    def wrong(self, name):
        self.plain(name, data=bytes(byte ^ 255 for byte in self.data))

    def mixed(self, name):
        """Half of another file, then the right one; no version to tell them apart."""
        if self.turn == 1:
            return self.half(name, wrong=True, etag=None)
        self.plain(name, etag=None)

    def changing(self, name):
        """Half of one version, then another version."""
        if self.turn == 1:
            return self.half(name, wrong=True, etag='"old"')
        self.plain(name, etag='"new"')

    def skewed(self, name):
        """Half of it, then a part that was not asked for."""
        if self.turn == 1:
            return self.half(name)
        if self.turn > 2:
            return self.plain(name)
        self.head(206, {"Content-Range": f"bytes 1-9/{len(self.data)}", "Content-Length": 9})
        self.wfile.write(self.data[1:10])

    def stale416(self, name):
        """Half of it, then: there is no such part."""
        if self.turn == 1:
            return self.half(name)
        if self.headers.get("Range"):
            return self.head(416, {"Content-Range": "bytes */7", "Content-Length": 0})
        self.plain(name)

    def redirect(self, name):
        self.head(302, {"Location": f"/plain/{self.case}/{name}", "Content-Length": 0})

    def loop(self, name):
        self.head(302, {"Location": self.path, "Content-Length": 0})

    def busy(self, name):
        """429 with a wait, then 500, then the file."""
        if self.turn == 1:
            return self.head(429, {"Retry-After": 7, "Content-Length": 0})
        if self.turn == 2:
            return self.head(500, {"Content-Length": 0})
        self.plain(name)

    def broken(self, name):
        self.head(500, {"Content-Length": 0})

    def gone(self, name):
        self.head(404, {"Content-Length": 0})


server = Server(("127.0.0.1", 0), Answer)
digests = {}
for root, _, names in os.walk(FOLDER):
    for name in names:
        path = os.path.join(root, name)
        with open(path, "rb") as file:
            digests[os.path.relpath(path, FOLDER)] = hashlib.sha256(file.read()).hexdigest()
print(json.dumps({"port": server.server_address[1], "sha256": digests}), flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
for line in sys.stdin:
    order, case = line.split()
    if order == "drop":
        dropped.add(case)
    released[case].set()
