#!/usr/bin/python3
"""Writes what only a Raspberry Pi knows for node_exporter's textfile collector.

What can't be read is left out. The file is replaced as a whole: a scrape never sees half of it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# The bits of `vcgencmd get_throttled`; 16 higher stands what was so since the boot.
REASONS = {0x1: "under-voltage", 0x2: "capped", 0x4: "throttled", 0x8: "hot"}
# Units that have failed are named up to here, and counted beyond it.
MOST_UNITS = 20


def read(path):
    try:
        return path.read_text(errors="replace").strip("\0\n ")
    except OSError:
        return None


def whole(text, base=10):
    try:
        return int(text, base)
    except (TypeError, ValueError):
        return None


def run(*words):
    """What a program prints, or None where it is missing, fails or hangs."""
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def temperature(root):
    zones = (whole(read(zone)) for zone in root.glob("sys/class/thermal/thermal_zone*/temp"))
    known = [zone for zone in zones if zone is not None]
    return max(known) / 1000 if known else None


def throttled(root):
    """The firmware's bits: by its driver, which writes them without 0x, else by vcgencmd."""
    for path in root.glob("sys/devices/platform/soc*/*firmware/get_throttled"):
        bits = whole(read(path), 16)
        if bits is not None:
            return bits
    said = run("vcgencmd", "get_throttled") or ""
    return whole(said.strip().partition("=")[2], 16)


def card_errors(root):
    """Errors that the journals of ext4 have recorded; None where there is no ext4."""
    counts = (whole(read(path)) for path in root.glob("sys/fs/ext4/*/errors_count"))
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def failed_units():
    said = run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    if said is None:
        return None
    return [line.split()[0] for line in said.splitlines() if line.strip()]


def system_name(root):
    for line in (read(root / "etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip("\"'")
    return ""


def label(text):
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable.replace("\\", "\\\\").replace('"', '\\"')


def samples(root):
    """Each metric's name, its help, and its values by what stands in its braces."""
    board = read(root / "sys/firmware/devicetree/base/model") or ""
    boot = read(root / "proc/sys/kernel/random/boot_id") or ""
    about = f'board="{label(board)}",os="{label(system_name(root))}",boot_id="{label(boot)}"'
    yield "rpi_node_info", "What it is, and which boot this is.", {about: 1}
    degrees = temperature(root)
    if degrees is not None:
        yield "rpi_node_temperature_celsius", "Of the processor.", {"": degrees}
    bits = throttled(root)
    if bits is not None:
        yield "rpi_node_throttled_flags", "As vcgencmd get_throttled says them.", {"": bits}
        yield (
            "rpi_node_throttled",
            "1 where the firmware says so.",
            {
                f'reason="{reason}",when="{when}"': 1 if bits & (bit << shift) else 0
                for bit, reason in REASONS.items()
                for when, shift in (("now", 0), ("boot", 16))
            },
        )
    errors = card_errors(root)
    if errors is not None:
        yield "rpi_node_card_errors", "That the kernel has counted.", {"": errors}
    units = failed_units()
    if units is not None:
        yield "rpi_node_failed_units", "Units of systemd.", {"": len(units)}
        named = {f'unit="{label(unit)}"': 1 for unit in units[:MOST_UNITS]}
        if named:
            yield "rpi_node_failed_unit", "Those units, one each.", named


def text_of(root):
    lines = []
    for name, words, values in samples(root):
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
        lines += [f"{name}{{{of}}} {value}" if of else f"{name} {value}" for of, value in values.items()]
    return "\n".join(lines) + "\n"


def replace(path, text):
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/var/lib/prometheus/node-exporter"))
    parser.add_argument("--root", type=Path, default=Path("/"), help="where /sys and /proc are")
    given = parser.parse_args()
    try:
        given.folder.mkdir(parents=True, exist_ok=True)
        replace(given.folder / "rpi_node.prom", text_of(given.root))
    except OSError as error:
        sys.exit(f"{given.folder}: {error.strerror}")


if __name__ == "__main__":
    main()
