#!/usr/bin/env python3
"""Makes the page with the temperatures, and latest.json for programs, from the SQLite database.

The page is one file: the plots are SVG drawn here, and nothing is loaded from anywhere.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

DAY = 86400
# A reading older than this is not "now".
STALE_SECONDS = 15 * 60
COLOURS = 6
WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 14, 30


def read_state(path, now):
    """What the page shows, as data: {state, generated_at, taken_at, sensors, readings}."""
    state = {"state": "no-data", "generated_at": now, "taken_at": None, "sensors": [], "readings": {}}
    if not Path(path).exists():
        return state
    database = sqlite3.connect(path, timeout=30)
    try:
        latest = database.execute("SELECT taken_at FROM round").fetchone()
        sensors = database.execute(
            "SELECT id, name, problem FROM sensor WHERE active = 1 ORDER BY name, id"
        ).fetchall()
        for sensor, name, problem in sensors:
            readings = database.execute(
                "SELECT taken_at, celsius FROM reading WHERE sensor = ? AND taken_at > ?"
                " AND taken_at <= ? ORDER BY taken_at",
                (sensor, now - 7 * DAY, now),
            ).fetchall()
            taken_at, celsius = readings[-1] if readings else (None, None)
            state["readings"][sensor] = readings
            state["sensors"].append(
                {
                    "id": sensor,
                    "name": name,
                    "celsius": celsius,
                    "taken_at": taken_at,
                    "problem": problem,
                }
            )
    except sqlite3.OperationalError:
        return state  # the first reading is just being stored
    finally:
        database.close()
    if latest is not None:
        state["taken_at"] = latest[0]
        state["state"] = judge(state["sensors"], now)
    return state


def judge(sensors, now):
    """reading: at least one sensor was read just now; problem: none was; no-sensor: there is none."""
    if not sensors:
        return "no-sensor"
    return "reading" if any(is_fresh(sensor, now) for sensor in sensors) else "problem"


def is_fresh(sensor, now):
    taken_at = sensor["taken_at"]
    return taken_at is not None and now - taken_at <= STALE_SECONDS


def average(readings, step):
    """[(mean time, mean)] of each step of `step` seconds that has readings."""
    buckets = {}
    for taken_at, celsius in readings:
        buckets.setdefault(taken_at // step, []).append((taken_at, celsius))
    return [
        tuple(sum(parts) / len(parts) for parts in zip(*points))
        for _, points in sorted(buckets.items())
    ]


def split_at_gaps(points, longest):
    """The points as runs without a gap of more than `longest` seconds: a gap is not drawn over."""
    runs = []
    for point in points:
        if runs and point[0] - runs[-1][-1][0] <= longest:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def scale_ticks(low, high, count=5):
    """Round temperatures from below `low` to above `high`."""
    if high - low < 1:
        middle = (low + high) / 2
        low, high = middle - 0.5, middle + 0.5
    rough = (high - low) / count
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 6) for index in range(first, last + 1)]


def time_ticks(start, end):
    """[(time, label)] of the hours or days between, in the Pi's own time zone."""
    if end - start > 2 * DAY:
        step, label = timedelta(days=1), "%a %d"
    else:
        step, label = timedelta(hours=4), "%H:%M"
    tick = datetime.fromtimestamp(start).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = []
    while tick.timestamp() <= end:
        if tick.timestamp() >= start:
            ticks.append((tick.timestamp(), tick.strftime(label)))
        tick += step
    return ticks


def plot(name, title, series, start, end, longest_gap):
    """An SVG with a line for each of `series`, [(sensor's name, points)]; "" without points."""
    values = [celsius for _, points in series for _, celsius in points]
    if not values:
        return ""
    ticks = scale_ticks(min(values), max(values))
    low, high = ticks[0], ticks[-1]

    def x(moment):
        return round(LEFT + (moment - start) / (end - start) * (WIDTH - LEFT - RIGHT), 1)

    def y(celsius):
        return round(HEIGHT - BOTTOM - (celsius - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-title {name}-desc">',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-desc">{escape(describe(series))}</desc>',
    ]
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick)}" y2="{y(tick)}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y(tick) + 4}" text-anchor="end">{tick:g}°</text>')
    for moment, label in time_ticks(start, end):
        parts.append(
            f'<line class="grid" x1="{x(moment)}" x2="{x(moment)}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        )
        parts.append(f'<text class="tick" x="{x(moment)}" y="{HEIGHT - 8}" text-anchor="middle">{label}</text>')
    for index, (_, points) in enumerate(series):
        for run in split_at_gaps(points, longest_gap):
            if len(run) == 1:
                parts.append(
                    f'<circle class="dot c{index % COLOURS}" cx="{x(run[0][0])}" cy="{y(run[0][1])}" r="3"/>'
                )
                continue
            line = " ".join(f"{x(moment)},{y(celsius)}" for moment, celsius in run)
            parts.append(f'<polyline class="line c{index % COLOURS}" points="{line}"/>')
    parts.append("</svg>")
    return "\n".join(parts)


def describe(series):
    """The plot in words, for people who don't see it."""
    sentences = []
    for name, points in series:
        if points:
            values = [celsius for _, celsius in points]
            sentences.append(
                f"{name}: from {min(values):.1f} to {max(values):.1f} °C, last {values[-1]:.1f} °C."
            )
        else:
            sentences.append(f"{name}: no readings.")
    return " ".join(sentences)


def cards(state):
    parts = []
    for index, sensor in enumerate(state["sensors"]):
        parts.append(f'<li class="card"><h2><i class="key c{index % COLOURS}"></i>{escape(sensor["name"])}</h2>')
        if sensor["celsius"] is None:
            parts.append('<p class="value">–</p>')
        else:
            old = "" if is_fresh(sensor, state["generated_at"]) else " old"
            parts.append(f'<p class="value{old}">{sensor["celsius"]:.1f} °C</p>')
            parts.append(f'<p class="small">at {clock(sensor["taken_at"], state["generated_at"])}</p>')
        if sensor["problem"]:
            parts.append(f'<p class="problem">{escape(sensor["problem"])}</p>')
        parts.append("</li>")
    return '<ul class="cards">\n' + "\n".join(parts) + "\n</ul>"


def clock(moment, now):
    at = datetime.fromtimestamp(moment)
    today = datetime.fromtimestamp(now).date()
    return at.strftime("%H:%M" if at.date() == today else "%d %b, %H:%M")


def range_table(state):
    rows = []
    for sensor in state["sensors"]:
        values = [
            celsius
            for taken_at, celsius in state["readings"][sensor["id"]]
            if taken_at > state["generated_at"] - DAY
        ]
        if values:
            cells = (min(values), sum(values) / len(values), max(values))
            numbers = "".join(f"<td>{value:.1f} °C</td>" for value in cells)
            rows.append(f'<tr><th scope="row">{escape(sensor["name"])}</th>{numbers}</tr>')
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Sensor", "Lowest", "Mean", "Highest"))
    return (
        "<table><caption>Last 24 hours</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


NO_SENSOR = """<section class="notice">
<h2>No sensor is connected</h2>
<p>Connect a ds18b20: its data wire to GPIO 4 (pin 7), with a resistor of 4.7 kΩ to 3.3 V (pin 1),
and ground to pin 9. It is found by itself, and its first reading is here within five minutes.</p>
</section>"""

NO_DATA = """<section class="notice">
<h2>No reading yet</h2>
<p>The sensors are read every five minutes. If this stays, see
<code>journalctl -u temperature-logger</code> on the Pi.</p>
</section>"""


def body(state):
    now = state["generated_at"]
    if state["state"] == "no-sensor":
        return NO_SENSOR
    if not state["sensors"]:
        return NO_DATA
    parts = [cards(state)]
    plots = (
        ("day", "Last 24 hours", now - DAY, 300, 900),
        ("week", "Last 7 days", now - 7 * DAY, 1800, 3 * 1800),
    )
    drawn = ""
    for name, title, start, step, gap in plots:
        series = [
            (
                sensor["name"],
                [
                    point
                    for point in average(state["readings"][sensor["id"]], step)
                    if start <= point[0] <= now
                ],
            )
            for sensor in state["sensors"]
        ]
        picture = plot(name, f"Temperature, {title[0].lower()}{title[1:]}", series, start, now, gap)
        if picture:
            drawn += f"<section><h2>{title}</h2>\n{picture}\n</section>\n"
    parts.append(drawn or NO_DATA)
    parts.append(range_table(state))
    return "\n".join(part for part in parts if part)


STYLE = """
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #1c2330; --faint: #5b6577;
  --rule: #d9dee7; --bad: #b3261e;
  --c0: #0072b2; --c1: #c04e00; --c2: #00795a; --c3: #a8437f; --c4: #8a6d00; --c5: #3d4fb8; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161d; --card: #1b212b; --ink: #e7ebf2; --faint: #9aa5b8; --rule: #303949;
    --bad: #ff8a80;
    --c0: #56b4e9; --c1: #f0a04b; --c2: #3cc9a3; --c3: #e08fc0; --c4: #e0c341; --c5: #97a5ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 54rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
header p, .small, footer { color: var(--faint); font-size: .875rem; margin: .15rem 0 0; }
header { margin-bottom: 1.25rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem;
  list-style: none; margin: 0 0 .75rem; padding: 0; }
.card, section, table { background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; }
.card, section { padding: .9rem 1rem; }
.card h2 { font-weight: 500; overflow-wrap: anywhere; }
section { margin-bottom: .75rem; }
.value { font-size: 2rem; line-height: 1.2; margin: 0; font-variant-numeric: tabular-nums; }
.value.old { color: var(--faint); }
.problem { color: var(--bad); font-size: .875rem; margin: .4rem 0 0; }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .45rem;
  background: var(--c); }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); stroke-width: 1; }
.tick { fill: var(--faint); font-size: 13px; }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--c); }
.c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); }
.c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
table { width: 100%; border-collapse: separate; border-spacing: 0; padding: .4rem 1rem .8rem; }
caption { text-align: left; font-weight: 700; padding: .6rem 0 .2rem; }
th, td { text-align: right; padding: .25rem 0 .25rem .75rem; font-variant-numeric: tabular-nums; }
th:first-child { text-align: left; padding-left: 0; overflow-wrap: anywhere; }
thead th { color: var(--faint); font-weight: 500; font-size: .875rem; }
tbody th { font-weight: 400; }
"""


def page(state, title):
    now = datetime.fromtimestamp(state["generated_at"])
    name = escape(title)
    return f"""<!DOCTYPE html>
<html lang="en" data-page="temperature" data-state="{state['state']}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta http-equiv="refresh" content="300">
<title>Temperature: {name}</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>Temperature: {name}</h1>
<p>As of {now.strftime('%A, %d %B %Y, %H:%M')}</p>
</header>
<main>
{body(state)}
</main>
<footer><p><a href="latest.json">The latest readings for programs</a></p></footer>
</body>
</html>
"""


def latest(state, title):
    """What latest.json holds."""
    return {
        "state": state["state"],
        "host": socket.gethostname(),
        "title": title,
        "generated_at": state["generated_at"],
        "taken_at": state["taken_at"],
        "summary": summary(state),
        "sensors": state["sensors"],
    }


def summary(state):
    """All sensors in one line."""
    if state["state"] == "no-sensor":
        return "no sensor is connected"
    if not state["sensors"]:
        return "no reading yet"
    return ", ".join(
        f"{sensor['name']}: {sensor['problem'] or '{:.1f} °C'.format(sensor['celsius'])}"
        for sensor in state["sensors"]
    )


def replace_file(path, text):
    """Apache sees the old file or the new, never a half."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix="." + path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", required=True, help="the readings")
    parser.add_argument("--folder", type=Path, required=True, help="where the page goes")
    parser.add_argument("--title", default="", help="default: the host name")
    options = parser.parse_args(arguments)
    title = options.title or socket.gethostname()
    state = read_state(options.database, int(time.time()))
    document = json.dumps(latest(state, title), ensure_ascii=False, indent=2) + "\n"
    replace_file(options.folder / "index.html", page(state, title))
    replace_file(options.folder / "latest.json", document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
