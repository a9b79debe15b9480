"""How fast `fenceline replay` is: a year of hours from 100 channels, and a day of seconds from 50.

The command as a person runs it: reading and sorting the CSV, the whole pipeline, writing the lines.
Every channel has a rule.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

FIRST_MS = 1_795_449_600_000  # 2026-11-24, local
ON_A_LINE = 25
WALK = 10_007  # values of the signal until it repeats; prime, so that no two channels go together
WANTED_PER_S = 30_000


class Recorded(NamedTuple):
    """What is replayed. every_ms: between two samples of a channel; every: the same, as in a station file."""

    what: str
    channels: int
    every_ms: int
    every: str
    samples: int  # of each channel


RECORDED = (
    Recorded("a year of hours, 100 channels", 100, 3_600_000, "1h", 365 * 24),
    Recorded("a day of seconds, 50 channels", 50, 1000, "1s", 86_400),
)


async def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="fenceline-bench-") as name:
        return {recorded.what: _replay(recorded, Path(name)) for recorded in RECORDED}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"replay, {what}",
            f"{each['samples_per_s']:,} samples/s ({each['samples']:,} in {each['seconds']:.1f} s, CPU "
            f"{each['cpu_us']:.1f} us each; {each['lines']:,} lines out), at most {each['peak_mb']} MB",
            f">= {WANTED_PER_S:,} samples/s",
        )
        for what, each in result.items()
    ]


def _replay(recorded: Recorded, folder: Path) -> dict[str, Any]:
    station, samples, out = folder / "station.toml", folder / "samples.csv", folder / "out.jsonl"
    station.write_text(_station(recorded))
    _write(recorded, samples)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    arguments = ["--config", station, "--input", samples, "--out", out, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tools.cli", "replay", *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    summary = json.loads(done.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with out.open("rb") as file:
        lines = sum(1 for _ in file)
    return {
        **{key: summary[key] for key in ("samples", "seconds", "samples_per_s")},
        "cpu_us": round(cpu_s / summary["samples"] * 1e6, 2),
        "lines": lines,
        "peak_mb": round(after.ru_maxrss / 1024),  # of the largest so far
    }


def _station(recorded: Recorded) -> str:
    parts = ['[station]\nid = "bench"\nsite = "bench"\n']
    for line in range(-(-recorded.channels // ON_A_LINE)):
        parts.append(f'[[line]]\nid = "l{line}"\nport = "/dev/bench-{line}"\nbaud = 115200\n')
    for at in range(recorded.channels):
        parts.append(
            f'[[instrument]]\nid = "pid-{at}"\nline = "l{at // ON_A_LINE}"\ndriver = "honeywell-raeguard3"\n'
            f'address = {at % ON_A_LINE + 1}\nevery = "{recorded.every}"\nsettings = {{ divisor = 10 }}\n'
            f'[[rule]]\nid = "high-{at}"\nchannel = "pid-{at}.voc"\n'
            'above = 15.0\nunit = "ppm"\ndeadband = 1.0\n'
        )
    return "".join(parts)


def _write(recorded: Recorded, path: Path) -> None:
    """Each channel goes its own way along the same walk."""
    rng, value, walk = random.Random(1), 12.0, []
    for _ in range(WALK):
        value += rng.gauss(0, 0.4) - (value - 12.0) * 0.02
        walk.append(f"{value:.1f}")
    names = [(f",pid-{at}.voc,", at * 97) for at in range(recorded.channels)]
    with path.open("w") as file:
        file.write("time,channel,value,flag\n")
        for step in range(recorded.samples):
            t = FIRST_MS + step * recorded.every_ms + recorded.every_ms // 2
            file.write("".join([f"{t}{name}{walk[(step + apart) % WALK]},N\n" for name, apart in names]))
