"""The shipped files of Deploy/, used for what they are for: every flag is run, every probe and scrape is made.

usage: deploy.py PROGRAM
"""

import asyncio
import contextlib
import http.server
import json
import os
import pathlib
import queue
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import requests
import yaml
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from dashboard import Prometheus, check_alerts
from object_store import object_store
from proxies import NAME, Caddy, Nginx, find
from serving import ROOT, Serving, built_in, free_port, missing, recording, samples

PROGRAM = sys.argv[1]
DEPLOY = ROOT / "Deploy"
KEYS = {"client": "kR3vTq0ZxWb8uYp5nLd2", "scraper": "Zp7mWc4QdXn9rTb2vJg5"}


def replaced(arguments, **values):
    """Arguments with other values for some flags, given as `flag_name=value`; each must be there."""
    result = list(arguments)
    for flag, value in values.items():
        (index,) = [i for i, text in enumerate(result) if text.startswith(f"--{flag.replace('_', '-')}=")]
        result[index] = f"--{flag.replace('_', '-')}={value}"
    return result


@contextlib.contextmanager
def key_file():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "keys"
        path.write_text(f"client transcribe {KEYS['client']}\nprometheus metrics {KEYS['scraper']}\n")
        path.chmod(0o600)
        yield path


@contextlib.contextmanager
def certificate():
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/cert.pem", f"{folder}/key.pem"]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", files[0], "-keyout", files[1]],
            check=True, capture_output=True)
        yield files


def check_manual():
    """Every option of the help is in the page of its command, and the completions are scripts."""
    sys.path.insert(0, str(ROOT / "Scripts"))
    import man_pages

    def output(*arguments):
        return subprocess.run([PROGRAM, *arguments], check=True, capture_output=True, text=True).stdout

    pages = man_pages.pages(json.loads(output("--experimental-dump-help")), "0", "2026-01-01")
    commands = re.findall(r"^  ([a-z-]+) ", output("--help").split("SUBCOMMANDS:")[1], re.MULTILINE)
    assert len(commands) > 8, commands
    for command in commands:
        text = pages[f"gigastt-{command}.1"].replace("\\-", "-")
        options = set(re.findall(r"^ +(?:-\w, )?(--[a-z0-9-]+)", output("help", command), re.MULTILINE)) - {"--version", "--help"}
        absent = [option for option in sorted(options) if f"\\fB{option}\\fR" not in text]
        assert not absent, (command, absent)
    script = output("--generate-completion-script", "bash")
    subprocess.run(["bash", "-n"], input=script, check=True, text=True)
    return len(pages)


def check_systemd():
    """The unit's command starts the real program, and systemd-analyze accepts the unit."""
    unit = (DEPLOY / "gigastt.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    program, verb, *arguments = shlex.split(command)
    assert (program, verb) == ("/usr/local/bin/gigastt", "serve"), command
    optional = dict(re.findall(r"^#Environment=(GIGASTT_[A-Z_]+)=(.*)$", unit, re.MULTILINE))
    assert "GIGASTT_PUBLIC_URL" in optional, "the unit names the address in the browser"
    with Serving(PROGRAM, *arguments, "--metrics-listen=127.0.0.1:0", environment=optional) as server:
        origin = {"Origin": optional["GIGASTT_PUBLIC_URL"]}
        assert requests.get(f"{server.url}/ready", headers=origin, timeout=10).status_code == 200
        assert requests.get(f"{server.url}/worklet.js", headers=origin, timeout=10).status_code == 200
        assert requests.get(f"{server.url}/worklet.js", headers={"Origin": "https://a.example"}, timeout=10).status_code == 403
        scraped = requests.get(f"http://127.0.0.1:{server.ready['metrics_port']}/metrics", timeout=10)
        assert scraped.status_code == 200, scraped
    if not shutil.which("systemd-analyze"):
        return missing("systemd-analyze was not found")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "gigastt.service"
        path.write_text(unit.replace("/usr/local/bin/gigastt", str(pathlib.Path(PROGRAM).resolve())))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True)
        assert done.returncode == 0 and "gigastt.service" not in done.stderr, done.stderr
        # The exposure in tenths, 0 is best; docs/metrics.md quotes it.
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=15", path], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-400:]


def check_kubernetes():
    """The container's arguments, probes, the scrape that the PodMonitor describes, and the autoscaler's metric."""
    objects = {}
    for item in yaml.safe_load_all((DEPLOY / "kubernetes/gigastt.yaml").read_text()):
        objects[item["kind"]] = item
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    verb, *arguments = container["args"]
    assert verb == "serve", verb
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert f"--metrics-listen=0.0.0.0:{ports['metrics']}" in arguments and ports["http"] == 9876, ports
    # The drain fits between preStop and the kill.
    drain = next(int(text.split("=")[1]) for text in arguments if text.startswith("--shutdown-drain-secs="))
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pause + drain < pod["terminationGracePeriodSeconds"]
    # What is mounted is what the arguments and the image name.
    (volume,) = [volume for volume in pod["volumes"] if volume["name"] == "keys"]
    mount = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "keys")
    assert f"--api-key-file={mount}/keys" in arguments, arguments
    monitor = objects["PodMonitor"]["spec"]
    (endpoint,) = monitor["podMetricsEndpoints"]
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (monitor["selector"], objects["Service"]["spec"], objects["PodDisruptionBudget"]["spec"]["selector"]):
        wanted = selector.get("matchLabels") or selector.get("selector")
        assert wanted.items() <= labels.items(), wanted
    assert endpoint["port"] == "metrics" and endpoint["path"] == "/metrics", endpoint
    assert endpoint["authorization"]["type"] == "Bearer"
    credentials = endpoint["authorization"]["credentials"]
    assert credentials["name"] == volume["secret"]["secretName"] and credentials["key"] == "metrics", credentials
    # The key of the scrape is in the secret, but not in the pods.
    assert [item["key"] for item in volume["secret"]["items"]] == ["keys"], volume
    with key_file() as keys:
        given = replaced(arguments, api_key_file=keys, metrics_listen="127.0.0.1:0")
        with Serving(PROGRAM, *given) as server:
            for probe in ("livenessProbe", "readinessProbe"):
                path = container[probe]["httpGet"]["path"]
                assert container[probe]["httpGet"]["port"] == "http"
                assert requests.get(f"{server.url}{path}", timeout=10).status_code == 200, path
            assert requests.get(f"{server.url}/v1/models", timeout=10).status_code == 401
            address = f"http://127.0.0.1:{server.ready['metrics_port']}{endpoint['path']}"
            assert requests.get(address, timeout=10).status_code == 401
            scraped = requests.get(address, headers={"Authorization": f"Bearer {KEYS['scraper']}"}, timeout=10)
            assert scraped.status_code == 200, scraped
            scaler = objects["HorizontalPodAutoscaler"]["spec"]["metrics"]
            for name in (metric["pods"]["metric"]["name"] for metric in scaler):
                assert re.search(rf"^{name}(\{{|\s)", scraped.text, re.MULTILINE), f"{name} is not in the scrape"


def check_kustomize():
    """The folders of kustomize name what is there; kubectl, where it is installed, makes the same objects of them."""
    manifest = list(yaml.safe_load_all((DEPLOY / "kubernetes/gigastt.yaml").read_text()))
    kinds = {item["kind"] for item in manifest}
    folders = {name: yaml.safe_load((DEPLOY / name / "kustomization.yaml").read_text()) for name in ("kubernetes", "kubernetes-plain")}
    for name, folder in folders.items():
        assert folder["kind"] == "Kustomization" and folder["apiVersion"] == "kustomize.config.k8s.io/v1beta1", folder
        assert all((DEPLOY / name / resource).exists() for resource in folder["resources"]), folder
    patches = [yaml.safe_load(patch["patch"]) for patch in folders["kubernetes-plain"]["patches"]]
    deleted = {patch["kind"] for patch in patches if patch.get("$patch") == "delete"}
    assert deleted < kinds and len(deleted) == len(patches), (deleted, kinds)
    if not shutil.which("kubectl"):
        return
    jobs = kinds - {"HorizontalPodAutoscaler"} | {"ScaledObject"}
    for name, expected in (("kubernetes-jobs", jobs), ("kubernetes", kinds), ("kubernetes-plain", kinds - deleted)):
        done = subprocess.run(["kubectl", "kustomize", DEPLOY / name], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        built = {item["kind"]: item for item in yaml.safe_load_all(done.stdout)}
        assert built.keys() == expected, (name, built.keys())
        for item in manifest if name == "kubernetes" else []:
            assert built[item["kind"]] == item, item["kind"]
    assert built["Deployment"]["spec"]["replicas"] == 1, built["Deployment"]


def check_scaled_jobs():
    """The servers that share jobs: their variables start the real program, and it has the metric that KEDA scales by."""
    folder = DEPLOY / "kubernetes-jobs"
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert kustomization["kind"] == "Kustomization" and all((folder / path).exists() for path in kustomization["resources"])
    patches = {item["kind"]: item for item in (yaml.safe_load(patch["patch"]) for patch in kustomization["patches"])}
    assert patches["HorizontalPodAutoscaler"]["$patch"] == "delete", "two scalers of one deployment"
    (container,) = patches["Deployment"]["spec"]["template"]["spec"]["containers"]
    scaled = yaml.safe_load((folder / "scaledobject.yaml").read_text())
    assert (scaled["apiVersion"], scaled["kind"]) == ("keda.sh/v1alpha1", "ScaledObject"), scaled
    names = {item["metadata"]["name"] for item in yaml.safe_load_all((DEPLOY / "kubernetes/gigastt.yaml").read_text())
             if item["kind"] == "Deployment"}
    assert scaled["spec"]["scaleTargetRef"]["name"] in names and container["name"] in names, (scaled, container)
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["type"] == "prometheus" and 0 < scaled["spec"]["minReplicaCount"] < scaled["spec"]["maxReplicaCount"]
    # The example of the document: the seconds of audio that one server recognises in ten minutes.
    text = (ROOT / "docs/scale.md").read_text()
    rate, seconds, threshold = re.search(r"^(\d+) · (\d+) s = ([\d ]+) for ten minutes", text, re.MULTILINE).groups()
    assert int(rate) * int(seconds) == int(threshold.replace(" ", "")) == int(trigger["metadata"]["threshold"]), trigger
    (metric,) = re.findall(r"gigastt_\w+", trigger["metadata"]["query"])
    variables = {item["name"]: item["value"] for item in container["env"]}
    with object_store() as store, tempfile.TemporaryDirectory() as jobs:
        variables |= store | {"GIGASTT_JOBS_DIR": jobs}
        with Serving(PROGRAM, "--metrics", "--metrics-listen=127.0.0.1:0", environment=variables) as server:
            assert requests.get(f"{server.url}/v1/jobs", timeout=10).status_code == 200
            scraped = requests.get(f"http://127.0.0.1:{server.ready['metrics_port']}/metrics", timeout=10).text
            assert re.search(rf"^{metric} ", scraped, re.MULTILINE), f"{metric} is not in the scrape"


class Supervisor(http.server.BaseHTTPRequestHandler):
    """The part of Home Assistant's Supervisor that takes announcements."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.announced.put((self.path, self.headers["Authorization"], json.loads(body)))

    def log_message(self, *_):
        pass


def check_home_assistant():
    """The add-on: what its files name is there, and its script starts a server that is announced, and answers over Wyoming."""
    folder = DEPLOY / "home-assistant"
    addon = yaml.safe_load((folder / "config.yaml").read_text())
    assert {"name", "version", "slug", "description", "arch"} <= addon.keys() and addon["discovery"] == ["wyoming"], addon
    version = subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    assert addon["version"] == version, (addon["version"], version)
    assert addon["options"].keys() == addon["schema"].keys(), addon
    documented = set(re.findall(r"^\| `(\w+)` \|", (folder / "DOCS.md").read_text(), re.MULTILINE))
    assert documented == set(addon["options"]), documented
    for path in (folder / "translations").iterdir():
        texts = yaml.safe_load(path.read_text())
        assert texts["configuration"].keys() == addon["options"].keys() and texts["network"].keys() == addon["ports"].keys(), path
    script = (folder / "run.sh").read_text()
    (port,) = re.findall(r"^wyoming=\$\{WYOMING:-0\.0\.0\.0:(\d+)\}$", script, re.MULTILINE)
    assert f"{port}/tcp" in addon["ports"] and f"PORT:{port}" in addon["watchdog"], (port, addon)
    steps = (folder / "Dockerfile").read_text()
    assert "COPY run.sh /\n" in steps and json.loads(re.search(r"^CMD (.*)$", steps, re.MULTILINE).group(1)) == ["/run.sh"]
    if not shutil.which("jq"):
        return missing("jq was not found")
    names = ["Алиса", "детская"]
    text = subprocess.run(
        [PROGRAM, "transcribe", recording("07"), "--punctuation", "off", "--hotwords", ",".join(names)], check=True,
        env=os.environ | built_in, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as data, http.server.HTTPServer(("127.0.0.1", 0), Supervisor) as supervisor:
        supervisor.announced = queue.Queue()
        threading.Thread(target=supervisor.serve_forever, daemon=True).start()
        pathlib.Path(data, "options.json").write_text(json.dumps(addon["options"] | {"hotwords": names}))
        pathlib.Path(data, "bin").mkdir()
        pathlib.Path(data, "bin/gigastt").symlink_to(pathlib.Path(PROGRAM).resolve())
        wyoming = free_port()
        environment = {
            "PATH": f"{data}/bin:/usr/bin:/bin", "DATA": data, "SUPERVISOR": f"http://127.0.0.1:{supervisor.server_port}",
            "SUPERVISOR_TOKEN": "a token", "WYOMING": f"127.0.0.1:{wyoming}", "HTTP_PORT": str(free_port())} | built_in
        server = subprocess.Popen([folder / "run.sh"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            path, token, body = supervisor.announced.get(timeout=60)
            assert (path, token, body["service"]) == ("/discovery", "Bearer a token", "wyoming"), (path, token, body)
            assert body["config"]["uri"].startswith("tcp://") and body["config"]["uri"].endswith(f":{wyoming}"), body
            client = pathlib.Path(__file__).with_name("wyoming_client.py")
            subprocess.run([sys.executable, client, f"127.0.0.1:{wyoming}", text], check=True, stdout=subprocess.DEVNULL)
        finally:
            server.terminate()
            log = server.communicate(timeout=30)[1]
            supervisor.shutdown()
        assert server.returncode == 0, log


def check_prometheus():
    """The scrape configurations of docs/metrics.md: YAML, with the documented address, and one with credentials."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE | re.DOTALL)
    jobs = [job for block in blocks for job in yaml.safe_load(block).get("scrape_configs", [])]
    assert any("authorization" in job for job in jobs), "a server with keys needs a scrape with one"
    for job in jobs:
        assert job.get("scheme", "http") == "http" and job["static_configs"][0]["targets"] == ["127.0.0.1:9090"], job
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]:
        assert all(rule["expr"] and rule["labels"] and rule["annotations"] for rule in group["rules"])


def check_dashboard():
    """Prometheus scrapes a server that works, evaluates the rules, and has series for the queries of the dashboard."""
    if find("prometheus") is None:
        return missing("prometheus was not found")
    check_alerts()
    with Serving(PROGRAM, "--metrics", "--metrics-listen=127.0.0.1:0") as server:

        def work():
            content = recording("06").read_bytes()
            assert requests.post(f"{server.url}/v1/transcribe", data=content, timeout=60).status_code == 200
            assert asyncio.run(direct_words(server.port))

        with Prometheus(server.ready["metrics_port"]) as prometheus:
            prometheus.check(work)


def check_compose():
    """The service builds the image, publishes its port and starts as the image does."""
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    build = service["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile", build
    text = (DEPLOY / "Dockerfile").read_text()
    assert service["command"] == json.loads(re.search(r"^CMD (.*)$", text, re.MULTILINE).group(1)), service["command"]
    (port,), (volume,) = service["ports"], service["volumes"]
    assert re.search(rf"^EXPOSE .*\b{port.split(':')[-1]}\b", text, re.MULTILINE), port
    assert volume.split(":")[1] == re.search(r"^VOLUME (\S+)$", text, re.MULTILINE).group(1), volume


def check_image():
    """The image's start line and health check, without and with encryption, and after the server has ended."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    instructions = dict(re.findall(r"^(ENTRYPOINT|CMD|HEALTHCHECK) (.*)$", text, re.MULTILINE))
    assert json.loads(instructions["ENTRYPOINT"]) == ["gigastt"]
    verb, *arguments = json.loads(instructions["CMD"])
    assert verb == "serve" and arguments[arguments.index("--port") + 1] == "9876", arguments
    arguments[arguments.index("--port") + 1] = "0"
    health = instructions["HEALTHCHECK"].split(" CMD ", 1)[1]

    def is_healthy(port):
        command = health.replace("9876", str(port))
        return subprocess.run(["sh", "-c", command], capture_output=True, timeout=20).returncode == 0

    with Serving(PROGRAM, *arguments) as server:
        assert is_healthy(server.port)
    assert not is_healthy(server.port)
    with certificate() as (cert, key), Serving(PROGRAM, *arguments, "--tls-cert", cert, "--tls-key", key) as server:
        assert server.ready["scheme"] == "https" and is_healthy(server.port)


def trusting():
    """TLS without verification: the certificates of the tests are their own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def words(ws):
    """The words of a live session over an open WebSocket."""
    found = []
    await ws.send('{"type":"configure","sample_rate":16000}')
    audio = samples(recording("06"))
    for start in range(0, len(audio), 3200):
        await ws.send(audio[start : start + 3200])
    await ws.send('{"type":"stop"}')
    with contextlib.suppress(ConnectionClosed):
        while True:
            message = json.loads(await asyncio.wait_for(ws.recv(), 30))
            if message["type"] == "final":
                found += [word["word"] for word in message["words"]]
    return found


async def live_words(url):
    """The words of a live session through a proxy, asked for as a page of that proxy asks."""
    context = trusting()
    parts = urllib.parse.urlsplit(url)
    async with connect(
        f"wss://{NAME}:{parts.port}{parts.path}v1/ws", ssl=context, host="127.0.0.1", port=parts.port,
        origin=f"https://{NAME}:{parts.port}") as ws:
        return await words(ws)


async def direct_words(port):
    async with connect(f"ws://127.0.0.1:{port}/v1/ws") as ws:
        return await words(ws)


def ask(proxy, path, *arguments):
    """The status and the body of a request by name through a proxy."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--insecure", "--max-time", "60", "--resolve", f"{NAME}:{proxy.port}:127.0.0.1",
         "--write-out", "\n%{http_code}", *arguments, proxy.url + path], capture_output=True, check=True)
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body.decode()


def check_proxy(kind):
    """Page, recordings, events and live speech pass; a foreign page, the operator's route and a forged client do not."""
    with kind() as proxy, Serving(PROGRAM, "--public-url", proxy.url) as server:
        proxy.start(server.port)
        origin = ("--header", f"Origin: https://{NAME}:{proxy.port}")
        assert ask(proxy, "")[1].startswith("<!doctype html>")
        assert ask(proxy, "worklet.js", *origin)[0] == 200
        assert ask(proxy, "worklet.js", "--header", "Origin: https://elsewhere.example")[0] == 403
        status, text = ask(proxy, "v1/transcribe?format=txt", *origin, "--data-binary", f"@{recording('06')}")
        assert status == 200 and "погода" in text, (status, text)
        status, events = ask(proxy, "v1/transcribe/stream", *origin, "--data-binary", f"@{recording('12')}")
        assert status == 200 and events.count("data: ") > 1, (status, events)
        assert len(asyncio.run(live_words(proxy.url))) > 2
        assert ask(proxy, "v1/admin/reload", "--request", "POST")[0] == 404
    limits = ["--rate-limit-per-minute", "1", "--rate-limit-burst", "3"]
    with kind() as proxy, Serving(PROGRAM, "--trust-proxy", "--public-url", proxy.url, *limits) as server:
        proxy.start(server.port)
        # A client that names another address each time is still one client.
        forged = [("--header", f"X-Forwarded-For: 203.0.113.{number}", "--header", f"X-Real-IP: 198.51.100.{number}")
                  for number in range(5)]
        statuses = [ask(proxy, "v1/models", *fields)[0] for fields in forged]
    assert statuses == [200, 200, 200, 429, 429], statuses


def main():
    done = []
    checks = (check_manual, check_systemd, check_kubernetes, check_kustomize, check_scaled_jobs, check_home_assistant, check_prometheus, check_dashboard,
              check_compose, check_image)
    for check in checks:
        check()
        done.append(check.__name__.removeprefix("check_"))
    for proxy, program in ((Nginx, "nginx"), (Caddy, "caddy")):
        if find(program) is None:
            missing(f"{program} was not found")
            continue
        check_proxy(proxy)
        done.append(program)
    print(", ".join(done))


main()
