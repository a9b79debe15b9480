"""Bytes written per reading at 100 readings/s: by the process's own counter, and by a block device's.

The device is a file system of its own (ext4 on a loop device), so that nobody else writes there; that needs
root, and is left out with a word where it is not to be had. Time is virtual: one commit follows the other,
each with what its period would have brought, and the delivery's books with it.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
READINGS_PER_S = 100
IMAGE_MB = 512
# period of the commits in s, measured ones, bytes that the process and the device may write per reading
CASES = ((1, 4000, 100, 120), (5, 1600, 30, 60))
RETENTION_MB = 3  # in a case of its own: the journal is full, and each minute the oldest go


async def run() -> dict[str, Any]:
    rows = []
    for period_s, commits, process_max, device_max in CASES:
        for retention in (False, True):
            row = await asyncio.to_thread(measure, period_s, commits, retention)
            rows.append({"process_max": process_max, "device_max": device_max, **row})
    return {"rows": rows}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    lines = []
    for row in result["rows"]:
        device = f"device {row['device']:.0f}" if row["device"] is not None else "device: needs root"
        what = f"bytes written per reading, commits of {row['period_s']} s"
        lines.append(
            (
                what + (f", retention at {RETENTION_MB} MB as well" if row["retention"] else ""),
                f"process {row['process']:.0f}, {device}; file {row['file']:.1f}",
                "" if row["retention"] else f"process {row['process_max']}, device {row['device_max']}",
            )
        )
    return lines


def measure(period_s: int, commits: int, retention: bool) -> dict[str, Any]:
    """One case, in a process of its own."""
    with own_disk() as (folder, device):
        load = (str(folder), str(period_s), str(commits), str(RETENTION_MB if retention else 0), device or "")
        done = subprocess.run(
            [sys.executable, "-m", "bench.written_load", *load], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
    figures: dict[str, Any] = json.loads(done.stdout)
    return {"period_s": period_s, "retention": retention, **figures}


@contextlib.contextmanager
def own_disk() -> Iterator[tuple[Path, str | None]]:
    """A folder on a file system of its own, and its device; without root an ordinary folder, and None."""
    with tempfile.TemporaryDirectory(prefix="fenceline-written-") as place:
        image, folder = Path(place) / "image", Path(place) / "disk"
        folder.mkdir()
        device = _mounted(image, folder) if os.geteuid() == 0 else None
        try:
            yield folder, device and Path(device).name
        finally:
            if device is not None:
                subprocess.run(["umount", folder], check=True)
                subprocess.run(["losetup", "-d", device], check=True)


def _mounted(image: Path, folder: Path) -> str | None:
    """The loop device behind the folder; None where this host gives none."""
    with image.open("wb") as file:
        file.truncate(IMAGE_MB << 20)
    try:
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True, capture_output=True)
        made = subprocess.run(["losetup", "-f", "--show", image], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    device = made.stdout.strip()
    try:
        subprocess.run(["mount", device, folder], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        subprocess.run(["losetup", "-d", device], check=True)
        return None
    return device
