"""A disk whose power can be cut: what is on it for sure, and what it was told and has not confirmed yet.

Until a file is synced, any of its writes may have reached the disk, in any order, whole or in part. A
name that was made, changed or removed is there for sure when its folder was synced; before that, names
reach the disk in the order in which they were given, as journalling file systems do it.
"""

import random
from collections.abc import Callable

from bench.powercut_trace import Call

__all__ = ["UNTOLD", "WAYS", "Disk"]

WAYS = ("dropped", "kept", "reordered", "torn")
TORN_BYTES = 64  # what a write may be cut down to: finer than a sector
UNTOLD = (
    "journal.db-shm",
    "archive.db-shm",
)  # written through a mapping: its content is not recorded, and not needed


class _File:
    """Its bytes for sure, and what was done since: (offset, data), or (size, None) for a truncation."""

    def __init__(self) -> None:
        self.sure = bytearray()
        self.since: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        for at, data in self.since:
            _apply(self.sure, at, data)
        self.since.clear()


class Disk:
    """Fed with the calls of a program, in order. deaf: syncs of these files that do nothing."""

    def __init__(self, deaf: Callable[[str], bool] = lambda name: False) -> None:
        self._deaf = deaf
        self._names: dict[str, _File] = {}
        self._sure_names: dict[str, _File] = {}
        self._renamings: list[tuple[str, _File | None]] = []  # name, what it means now, None for nothing
        self._positions: dict[int, int] = {}

    def do(self, call: Call) -> None:
        if call.name in UNTOLD:
            return
        if call.op == "open":
            self._open(call)
        elif call.op == "rename":
            self._mean(call.data.decode(), self._names[call.name])
            self._mean(call.name, None)
        elif call.op == "unlink":
            self._mean(call.name, None)
        elif call.op == "write":
            at = self._positions.get(call.descriptor, 0) if call.at is None else call.at
            self._positions[call.descriptor] = at + len(call.data)
            self._names[call.name].since.append((at, call.data))
        elif call.op == "truncate":
            self._names[call.name].since.append((call.at or 0, None))
        elif call.op == "fsync" and not self._deaf(call.name):
            self._sync(call.name)

    def after_cut(self, way: str, rng: random.Random) -> dict[str, bytes]:
        """The files as the next start finds them. way: of WAYS."""
        count = {"dropped": 0, "kept": len(self._renamings)}.get(way)
        if count is None:
            count = rng.randint(0, len(self._renamings))
        names: dict[str, _File | None] = {**self._sure_names, **dict(self._renamings[:count])}
        return {name: self._bytes(file, way, rng) for name, file in names.items() if file is not None}

    def _open(self, call: Call) -> None:
        if not call.name:
            return
        self._positions[call.descriptor] = 0
        if "O_CREAT" in call.flags and call.name not in self._names:
            self._mean(call.name, _File())
        elif "O_TRUNC" in call.flags:
            self._names[call.name].since.append((0, None))

    def _mean(self, name: str, file: _File | None) -> None:
        self._renamings.append((name, file))
        self._names.pop(name, None)
        if file is not None:
            self._names[name] = file

    def _sync(self, name: str) -> None:
        if name:
            self._names[name].sync()
        else:
            self._sure_names = dict(self._names)
            self._renamings.clear()

    def _bytes(self, file: _File, way: str, rng: random.Random) -> bytes:
        if way == "dropped" or not file.since:
            return bytes(file.sure)
        data = bytearray(file.sure)
        for at, part in file.since:
            if way == "kept":
                _apply(data, at, part)
            elif way == "reordered" or part is None:
                if rng.random() < 0.5:
                    _apply(data, at, part)
            else:
                for start in range(0, len(part), TORN_BYTES):
                    if rng.random() < 0.7:
                        _apply(data, at + start, part[start : start + TORN_BYTES])
        return bytes(data)


def _apply(data: bytearray, at: int, part: bytes | None) -> None:
    if part is None:
        del data[at:]
        data.extend(bytes(at - len(data)))
    else:
        data.extend(bytes(max(0, at - len(data))))
        data[at : at + len(part)] = part
