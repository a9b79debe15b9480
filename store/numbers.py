"""What must never be given twice, kept apart from the journal: its log id, boots, and a bound for its seqs.

A damaged journal no longer tells which numbers it has given. This small file beside it does: every
seq given so far lies below `below`, which is raised on the disk before the journal reaches it. So a
log goes on after damage, its next seq is `below`, and none is used twice.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

from store.packing import pair_crc

__all__ = ["RESERVE", "Kept", "Numbers", "sync_file", "sync_folder"]

COPY_BYTES = 512  # the file holds two, and is written in place: on a full disk too, and never both at once
RESERVE = 1 << 18  # seqs reserved at once: every 44 minutes at 100 readings/s


class Kept(NamedTuple):
    """log: id. boot: the latest. below: above every seq given. closed: the last seq, where the
    journal was closed in order; None while it is open, and after a crash. host: which start of the
    host's kernel it was opened under: another one now, and the power was gone in between."""

    log: str
    boot: int
    below: int
    closed: int | None
    host: str


class Numbers:
    """The file at `path`; `kept` is None where there is none, or none that can be read."""

    def __init__(self, path: Path, host: str) -> None:
        self._path, self._host = path, host
        self.kept = _read(path)

    def stands(self, log: str, boot: int, seq: int) -> bool:
        """Whether the file bounds this seq, and says that the journal is open."""
        kept = self.kept
        return (
            kept is not None and (log, boot, None) == (kept.log, kept.boot, kept.closed) and seq < kept.below
        )

    def keep(self, log: str, boot: int, last_seq: int, *, closed: bool = False) -> None:
        """On the disk, twice, when this returns. Raises OSError; then `forget` it, for it says too little."""
        below = last_seq + 1 + RESERVE
        if self.kept is not None and self.kept.log == log and last_seq + 1 + RESERVE // 2 <= self.kept.below:
            below = self.kept.below  # many short runs shall not use numbers up
        kept = Kept(log, boot, below, last_seq if closed else None, self._host)
        copy = json.dumps({**kept._asdict(), "crc": pair_crc(log, kept[1:])}).encode().ljust(COPY_BYTES)
        if self._path.exists() and self._path.stat().st_size == 2 * COPY_BYTES:
            for at in (0, COPY_BYTES):
                self._put(self._path, copy, at)
        else:
            aside = self._path.with_name(self._path.name + ".new")
            aside.unlink(missing_ok=True)
            self._put(aside, copy * 2, 0)
            os.replace(aside, self._path)
            sync_folder(self._path.parent)
        self.kept = kept

    def _put(self, path: Path, data: bytes, at: int) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, data, at)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def cut_off(self, log: str) -> bool:
        """Whether the power went while this log was open: a card may have lost what it had confirmed."""
        kept = self.of(log)
        return kept is not None and kept.closed is None and kept.host != self._host

    def of(self, log: str) -> Kept | None:
        """What is kept of this very log."""
        return self.kept if self.kept is not None and self.kept.log == log else None

    def forget(self) -> None:
        """Better no bound than a wrong one: after damage a new log begins then. Raises OSError."""
        self._path.unlink(missing_ok=True)
        self.kept = None


def sync_file(path: Path) -> None:
    """What was written to it outlives a power cut. Raises OSError."""
    _sync(path)


def sync_folder(folder: Path) -> None:
    """Names made, changed and removed in it outlive a power cut. Raises OSError."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> Kept | None:
    """The higher of the two copies. One that is torn never counted; one that went bad has its like."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    copies = [_parse(data[at : at + COPY_BYTES]) for at in (0, COPY_BYTES)]
    return max((kept for kept in copies if kept), key=lambda kept: (kept.boot, kept.below), default=None)


def _parse(data: bytes) -> Kept | None:
    try:
        row = json.loads(data)
        kept = Kept(row["log"], row["boot"], row["below"], row["closed"], row["host"])
        return kept if row["crc"] == pair_crc(kept.log, kept[1:]) else None
    except (ValueError, KeyError, TypeError):
        return None
