"""Prometheus, with the shipped scrape configuration and rules, and the queries of the shipped dashboard."""

import json
import pathlib
import re
import subprocess
import tempfile
import time

import requests
import yaml

from proxies import find
from serving import ROOT, free_port

DEPLOY = ROOT / "Deploy"


def queries():
    """The queries of the dashboard, with its variables as Grafana would replace them."""
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]
    texts = [target["expr"] for panel in panels for target in panel["targets"]]
    return [text.replace("$__rate_interval", "1m").replace("$instance", ".*") for text in texts]


class Prometheus:
    """A Prometheus that scrapes one address each second and evaluates Deploy/alerts.yml."""

    def __init__(self, metrics_port):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.path, self.port = pathlib.Path(self.folder.name), free_port()
        self.address = f"http://127.0.0.1:{metrics_port}/metrics"
        # The first of the documented configurations, which needs no key.
        block = re.search(r"^```yaml\n(.*?)^```", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE | re.DOTALL).group(1)
        settings = yaml.safe_load(block)
        settings["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{metrics_port}"]
        settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        settings["rule_files"] = [str(DEPLOY / "alerts.yml")]
        (self.path / "prometheus.yml").write_text(yaml.safe_dump(settings))

    def __enter__(self):
        self.log = open(self.path / "log", "wb")
        self.process = subprocess.Popen(
            [find("prometheus"), f"--config.file={self.path}/prometheus.yml", f"--storage.tsdb.path={self.path}/data",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=self.log, stderr=self.log, cwd=self.path)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        self.folder.cleanup()

    def get(self, path, **parameters):
        """The data of an answer; of an error its text, so that a query that cannot be parsed says why."""
        answer = requests.get(f"http://127.0.0.1:{self.port}/api/v1/{path}", params=parameters, timeout=20).json()
        assert answer["status"] == "success", (parameters, answer)
        return answer["data"]

    def wait(self, what, is_there):
        """Asks until there is an answer: scrapes and evaluations are seconds apart."""
        end = time.monotonic() + 60
        while True:
            try:
                if is_there():
                    return
            except requests.ConnectionError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"Prometheus: {what}\n{(self.path / 'log').read_text()}")
            time.sleep(0.2)

    def check(self, work):
        """Scrapes before and after `work`; then the rules are evaluated, and each query has series, unless what it asks for
        has not happened: counters and distributions appear with their first value."""
        self.wait("no scrape", lambda: self.get("query", query="up == 1")["result"])
        work()
        scraped = requests.get(self.address, timeout=20).text
        names = set(re.findall(r"^([a-z_]+)(?:\{[^}]*\})? ", scraped, re.MULTILINE))
        expected = [query for query in queries() if set(re.findall(r"(?:gigastt|process)_[a-z_]+", query)) <= names]
        assert len(expected) > len(queries()) // 2, (expected, names)

        def empty():
            return [query for query in queries() if not self.get("query", query=query)["result"]]

        self.wait("queries without series", lambda: not set(expected) & set(empty()))
        rules = [rule for group in self.get("rules")["groups"] for rule in group["rules"]]
        shipped = sum(len(group["rules"]) for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"])
        assert len(rules) == shipped and all(rule["health"] == "ok" for rule in rules), rules


def check_alerts():
    """The alerts on series that promtool makes up: those of Tests/Clients/alerts-test.yml."""
    cases = yaml.safe_load((pathlib.Path(__file__).with_name("alerts-test.yml")).read_text())
    cases["rule_files"] = [str(DEPLOY / "alerts.yml")]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "tests.yml"
        path.write_text(yaml.safe_dump(cases))
        done = subprocess.run([find("promtool"), "test", "rules", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
