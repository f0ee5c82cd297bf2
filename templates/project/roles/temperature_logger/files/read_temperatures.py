#!/usr/bin/env python3
"""Reads every ds18b20 sensor once and stores the temperatures in SQLite.

What was wrong with a sensor is stored beside its readings and no failure of the program: the page
shows it. The program fails (1) when it can't store anything, or when the clock isn't set.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import sys
import time
from pathlib import Path

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE sensor (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  active INTEGER NOT NULL,    -- 1: was to be read in the latest round
  problem TEXT                -- of the latest round; NULL: it was read
);
CREATE TABLE reading (
  sensor TEXT NOT NULL,
  taken_at INTEGER NOT NULL,  -- seconds since 1970, UTC
  celsius REAL NOT NULL,
  PRIMARY KEY (sensor, taken_at)
) WITHOUT ROWID;
CREATE TABLE round (          -- one row: the latest round
  id INTEGER PRIMARY KEY CHECK (id = 1),
  taken_at INTEGER NOT NULL
);
"""

# A disturbed wire shows as a wrong checksum; mostly the next try is right.
TRIES = 3
PAUSE_SECONDS = 0.2
# What the sensor can measure.
LOWEST, HIGHEST = -55.0, 125.0
# Scratchpad value before the first conversion: the sensor has just got power.
POWER_ON = 85.0
POWER_ON_NEIGHBOUR = 5.0
RECENT_SECONDS = 15 * 60
# A Pi has no clock of its own: before it has the time from the network, it may be years behind.
EARLIEST = 1704067200  # 2024-01-01


class Unreadable(Exception):
    """Why a sensor gave no temperature, as a person should read it."""


def parse_w1_slave(text):
    """The degrees Celsius in the content of a sensor's `w1_slave`, else raises Unreadable."""
    lines = text.strip().splitlines()
    if len(lines) < 2:
        raise Unreadable("the sensor doesn't answer")
    if not lines[0].rstrip().endswith("YES"):
        raise Unreadable("the checksum is wrong: check the wires and the resistor")
    # Nine zero bytes have a right checksum: the data wire is shorted to ground.
    if re.match(r"(00 ){9}", lines[0]):
        raise Unreadable("only zeros: the data wire is shorted to ground")
    match = re.search(r"t=(-?\d+)\s*$", lines[1])
    if match is None:
        raise Unreadable("the answer has no temperature")
    celsius = int(match.group(1)) / 1000
    if celsius <= -127:
        raise Unreadable("the sensor was disconnected while it was read")
    if not LOWEST <= celsius <= HIGHEST:
        raise Unreadable(f"{celsius:g} °C is outside of what the sensor can measure")
    return celsius


def read_sensor(bus, sensor, previous, pause=PAUSE_SECONDS):
    """The temperature of one sensor. `previous`: its recent one, or None. Raises Unreadable."""
    path = bus / sensor / "w1_slave"
    problem = Unreadable("not connected")
    for attempt in range(TRIES):
        if attempt > 0:
            time.sleep(pause)
        try:
            celsius = parse_w1_slave(path.read_text(encoding="ascii", errors="replace"))
        except FileNotFoundError:
            raise Unreadable("not connected") from None
        except OSError as error:
            problem = Unreadable(f"can't be read: {error.strerror}")
            continue
        except Unreadable as error:
            problem = error
            continue
        if celsius == POWER_ON and not is_near(previous, POWER_ON):
            problem = Unreadable("the sensor has just got power (it says 85 °C)")
            continue
        return celsius
    raise problem


def is_near(previous, celsius):
    return previous is not None and abs(previous - celsius) <= POWER_ON_NEIGHBOUR


def wanted_sensors(devices, bus):
    """[(id, name)]: the configured ones, or else every ds18b20 that is on the bus."""
    if not devices:
        return [(path.name, path.name) for path in sorted(bus.glob("28-*"))]
    sensors = []
    for device in devices:
        entry = {"id": device} if isinstance(device, str) else device
        sensor = str(entry.get("id", "")).strip().lower()
        if not re.fullmatch(r"28-[0-9a-f]{12}", sensor):
            raise SystemExit(
                f"w1_devices: {entry.get('id')!r} is not the id of a ds18b20, such as 28-0316a2798ecf"
            )
        sensors.append((sensor, str(entry.get("name") or sensor)))
    return sensors


def open_database(path):
    database = sqlite3.connect(path, timeout=30)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        database.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    elif version != SCHEMA_VERSION:
        raise SystemExit(f"{path} is of version {version}; this program knows {SCHEMA_VERSION}")
    return database


def recent_reading(database, sensor, now):
    row = database.execute(
        "SELECT celsius FROM reading WHERE sensor = ? AND taken_at > ? AND taken_at <= ?"
        " ORDER BY taken_at DESC LIMIT 1",
        (sensor, now - RECENT_SECONDS, now),
    ).fetchone()
    return None if row is None else row[0]


def take_round(database, bus, sensors, now, keep_days, pause=PAUSE_SECONDS):
    """Reads all sensors and stores the round. Returns {name: problem} of those that failed."""
    results = []
    for sensor, name in sensors:
        try:
            celsius = read_sensor(bus, sensor, recent_reading(database, sensor, now), pause)
            results.append((sensor, name, celsius, None))
        except Unreadable as error:
            results.append((sensor, name, None, str(error)))
    with database:
        database.execute("UPDATE sensor SET active = 0")
        for sensor, name, celsius, problem in results:
            database.execute(
                "INSERT INTO sensor (id, name, active, problem) VALUES (?, ?, 1, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, active = 1,"
                " problem = excluded.problem",
                (sensor, name, problem),
            )
            if celsius is not None:
                database.execute(
                    "INSERT OR REPLACE INTO reading (sensor, taken_at, celsius) VALUES (?, ?, ?)",
                    (sensor, now, celsius),
                )
        database.execute("INSERT OR REPLACE INTO round (id, taken_at) VALUES (1, ?)", (now,))
        database.execute("DELETE FROM reading WHERE taken_at < ?", (now - keep_days * 86400,))
    return {name: problem for _, name, _, problem in results if problem is not None}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="settings, a JSON file")
    config = json.loads(parser.parse_args(arguments).config.read_text(encoding="utf-8"))
    now = int(time.time())
    if now < EARLIEST:
        print("The clock isn't set yet; no reading was taken.", file=sys.stderr)
        return 1
    bus = Path(config["bus"])
    sensors = wanted_sensors(config["devices"], bus)
    database = open_database(config["database"])
    try:
        problems = take_round(database, bus, sensors, now, config["keep_days"])
    finally:
        database.close()
    for name, problem in problems.items():
        print(f"{name}: {problem}", file=sys.stderr)
    print(f"{len(sensors) - len(problems)} of {len(sensors)} sensors read")
    return 0


if __name__ == "__main__":
    sys.exit(main())
