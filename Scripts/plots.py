#!/usr/bin/env python3
"""Draws the plots of docs/benchmarks.md from the figures beside them, as SVG for light and dark pages.

    Scripts/plots.py            writes docs/benchmarks/*.svg
    Scripts/plots.py --check    compares them with the figures: one line a finding, exit status 1 when there is any
    Scripts/plots.py --test     the drawing itself: places by hand

latency.svg: delay of finals against talkers, from live-talkers.json (`gigastt-bench live … --json`). rtf.svg: time for a second
of audio against the length of a clip, from lengths.json (`gigastt-bench peers --sets … --json`).
"""
import html
import json
import math
import pathlib
import statistics
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "docs/benchmarks"
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 44, 52
STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
.title { font-weight: 600; }
.soft { fill: var(--soft); }
.grid { stroke: var(--line); }
svg { --paper: #ffffff; --ink: #1d1d1f; --soft: #6a6a70; --line: #e3e0d8; --c0: #c93a24; --c1: #1f6fb2; --c2: #6b7a1e; --c3: #8a4fb0; --c4: #8a8a90; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #131416; --ink: #eeede9; --soft: #9b9ba3; --line: #303338; --c0: #ff7259; --c1: #6cb4f0; --c2: #b9cc4e; --c3: #c99bea; --c4: #8f8f97; }
}
"""


class Axis:
    """From values to places: linear, or by powers."""

    def __init__(self, ticks, start, end, logarithmic=False):
        self.ticks, self.start, self.end, self.logarithmic = ticks, start, end, logarithmic

    def place(self, value):
        low, high = self.ticks[0], self.ticks[-1]
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.start + (self.end - self.start) * (value - low) / (high - low)


def ticks(most):
    """0 and up to seven round steps that reach a value."""
    step = 10 ** math.floor(math.log10(most / 6))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if most / (step * factor) <= 6)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def number(value):
    return f"{value:g}"


def chart(title, x_name, y_name, x, y, series, limit=None):
    """`series`: name and points, each a line in the colour of its turn; `limit`: name and value of a level."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        f"<title>{html.escape(title)}</title>", f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" style="fill: var(--paper)"/>',
        f'<text class="title" x="{LEFT}" y="24">{html.escape(title)}</text>',
    ]
    for tick in y.ticks:
        place = y.place(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{place:.1f}" x2="{WIDTH - RIGHT}" y2="{place:.1f}"/>')
        parts.append(f'<text class="soft" x="{LEFT - 8}" y="{place + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    for tick in x.ticks:
        parts.append(
            f'<text class="soft" x="{x.place(tick):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{number(tick)}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 10}" text-anchor="middle">{html.escape(x_name)}</text>')
    parts.append(f'<text class="soft" x="{LEFT}" y="{TOP - 6}">{html.escape(y_name)}</text>')
    if limit:
        place = y.place(limit[1])
        parts.append(
            f'<line x1="{LEFT}" y1="{place:.1f}" x2="{WIDTH - RIGHT}" y2="{place:.1f}" '
            'style="stroke: var(--ink); stroke-dasharray: 4 4"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{place + 4:.1f}">{html.escape(limit[0])}</text>')
    names = []
    for turn, (name, points) in enumerate(series):
        colour = f"var(--c{turn % 5})"
        line = " ".join(f"{x.place(a):.1f},{y.place(b):.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" style="fill: none; stroke: {colour}; stroke-width: 2"/>')
        for a, b in points:
            parts.append(f'<circle cx="{x.place(a):.1f}" cy="{y.place(b):.1f}" r="3" style="fill: {colour}"/>')
        names.append([y.place(points[-1][1]) + 4, name, colour])
    # Names beside the ends of their lines, apart from each other.
    names.sort()
    for turn in range(1, len(names)):
        names[turn][0] = max(names[turn][0], names[turn - 1][0] + 17)
    for place, name, colour in names:
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{place:.1f}" style="fill: {colour}">{html.escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def vertical(most):
    return Axis(ticks(most), HEIGHT - BOTTOM, TOP)


def latency(report):
    rows = [row for row in report["rows"] if row["final"]["count"]]
    points = lambda name: [(row["sessions"], row["final"][name]) for row in rows]
    series = [("95th percentile", points("p95")), ("99th percentile", points("p99")), ("median", points("p50"))]
    x = Axis(ticks(max(row["sessions"] for row in rows)), LEFT, WIDTH - RIGHT)
    y = vertical(max(value for _, line in series for _, value in line))
    return chart(
        "From a certain endpoint to the final", f"people talking, on {report['cores']} cores", "ms", x, y, series)


ENGINES = [
    ("ours, prepared", "this engine, prepared"), ("ours, quantized", "this engine, fast graph"), ("onnx-asr, matmul", "onnx-asr, matmul"),
    ("onnx-asr, int8", "onnx-asr, int8"),
]


def real_time_factor(records):
    series = []
    for engine, name in ENGINES:
        record = next((record for record in records["1"] if record["name"] == engine and record["runs"]), None)
        if record is None:
            continue
        points = [
            (int(length[:-1]), 1_000 * statistics.median(run["seconds"] for run in runs) / int(length[:-1]))
            for length, runs in record["runs"].items()]
        series.append((name, sorted(points)))
    lengths = sorted({length for _, points in series for length, _ in points})
    x = Axis(lengths, LEFT, WIDTH - RIGHT, logarithmic=True)
    y = vertical(max(value for _, points in series for _, value in points))
    return chart("Time for a second of audio, one thread", "length of the clip, s", "ms", x, y, series)


PLOTS = {"latency.svg": ("live-talkers.json", latency), "rtf.svg": ("lengths.json", real_time_factor)}


def drawn():
    for name, (source, draw) in PLOTS.items():
        yield name, draw(json.loads((FOLDER / source).read_text()))


def test():
    assert ticks(470) == [0, 100, 200, 300, 400, 500], ticks(470)
    assert ticks(0.9) == [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0], ticks(0.9)
    axis = Axis([1, 10, 100], 0, 200, logarithmic=True)
    assert [round(axis.place(value)) for value in (1, 10, 100)] == [0, 100, 200]
    assert Axis([0, 50, 100], 300, 100).place(25) == 250
    row = lambda sessions, delay: {"sessions": sessions, "final": {"count": 2, "p50": delay, "p95": 2 * delay, "p99": 2 * delay}}
    picture = latency({"cores": 2, "rows": [row(0, 25), row(50, 50)]})
    # 0 to 100 ms are 348 to 44, 0 to 50 talkers 64 to 530.
    assert 'points="64.0,272.0 530.0,196.0"' in picture, picture
    assert picture.count("<polyline") == 3 and "95th percentile" in picture


def main():
    if sys.argv[1:] == ["--test"]:
        test()
    elif sys.argv[1:] == ["--check"]:
        different = [name for name, text in drawn() if not (FOLDER / name).exists() or (FOLDER / name).read_text() != text]
        for name in different:
            print(f"docs/benchmarks/{name}:1: differs from its figures: run Scripts/plots.py")
        sys.exit(1 if different else 0)
    elif not sys.argv[1:]:
        for name, text in drawn():
            (FOLDER / name).write_text(text)
    else:
        sys.exit(__doc__)


main()
