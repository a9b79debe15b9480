"""What is known of the instruments, for people: a small TinyDB file beside the journal.

Truth stands in the journal; this view can be rebuilt from it. Every change rewrites the file (2 ms at 100
records, 65 ms at 10,000), so each kind of record is bounded: the latest are kept, all are in the journal.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tinydb import TinyDB, where
from tinydb.storages import Storage

from store.aside import set_aside
from store.errors import StoreError
from store.packing import to_json

__all__ = ["KINDS", "Disk", "Kind", "Records", "read_only"]


class Disk:
    """The system calls of a safe write, in the order they are made. Tests make each of them fail."""

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        return os.open(path, flags, mode)

    def write(self, descriptor: int, data: bytes) -> int:
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        os.replace(source, target)


class Kind(NamedTuple):
    """How many records of a kind are kept: of one id, and of all together; the latest."""

    per_id: int
    total: int


# The bounds hold the file below 5,000 records, which is 35 ms a change.
KINDS = {
    "instruments": Kind(1, 500),  # as last configured
    "identities": Kind(1, 500),  # what they said of themselves
    "calibrations": Kind(10, 2000),
    "sign_offs": Kind(3, 1000),  # of commissioning
    "acknowledgements": Kind(500, 500),  # of alarms
    "configurations": Kind(50, 50),  # revisions of the station file
}


class Records:
    """The device records at `path`, in a folder that exists. Only its owner may read the file.

    A file that cannot be read as records is set aside under a dated name (utc_ms) and stands in
    `set_aside`; a new one begins. lost: there was no file, or none of use: what the journal has is to be put
    in again. Every call may raise StoreError, which leaves the file as it was.
    """

    def __init__(self, path: Path, utc_ms: Callable[[], int], disk: Disk | None = None) -> None:
        self.set_aside: list[Path] = []
        self._path = path
        try:
            if not _readable(path):
                self.set_aside.append(set_aside(path, utc_ms()))
        except OSError as error:
            raise _refused(path, "reading", error) from error
        self.lost = not path.exists()
        self._db = TinyDB(path, disk or Disk(), storage=_SafeStorage)

    def put(self, kind: str, record_id: str, facts: Mapping[str, Any]) -> bool:
        """One record more, or other facts of the one there is, where a kind has one of each id; whether it
        was any news.

        Facts (JSON) of other names stay in the latter case. Nothing is written where there is no news: an SD
        card bears only so many writes. Raises ValueError for a kind that is none of KINDS.
        """
        limit = _limit(kind)
        # As they will be read back: a tuple would differ from its own list for ever.
        news = {**json.loads(to_json(facts)), "id": record_id}
        try:
            # Without its cache, which a write that failed half-way leaves stale.
            table = self._db.table(kind, cache_size=0)
            known = table.search(where("id") == record_id)
            if limit.per_id == 1 and known:
                if {**known[0], **news} == known[0]:
                    return False
                table.update(news, where("id") == record_id)
                return True
            if news in known:  # the journal is read once more after a kill
                return False
            over = [document.doc_id for document in known][: max(0, len(known) + 1 - limit.per_id)]
            others = [document.doc_id for document in table.all() if document.doc_id not in over]
            over += others[: max(0, len(others) + 1 - limit.total)]
            if over:
                table.remove(doc_ids=over)
            table.insert(news)
        except OSError as error:
            raise _refused(self._path, "writing", error) from error
        return True

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Those of a kind, each with its `id`, in the order in which they came. Raises ValueError."""
        _limit(kind)
        try:
            return [dict(record) for record in self._db.table(kind).all()]
        except OSError as error:
            raise _refused(self._path, "reading", error) from error


def read_only(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The records by kind, of a file that somebody else may be writing. Raises StoreError."""
    try:
        if not path.exists():
            return {}
        if not _readable(path):
            hint = "the agent sets it aside at its next start"
            raise StoreError(path, "reading: these are no records", hint)
        tables: dict[str, dict[str, dict[str, Any]]] = json.loads(path.read_bytes())
    except OSError as error:
        raise _refused(path, "reading", error) from error
    return {kind: list(table.values()) for kind, table in tables.items()}


def _limit(kind: str) -> Kind:
    try:
        return KINDS[kind]
    except KeyError:
        raise ValueError(f"record of kind {kind!r}: there are {', '.join(KINDS)}") from None


class _SafeStorage(Storage):
    """TinyDB's storage, but written aside and renamed: its own truncates the file in place, and a
    full disk or a power cut then leaves nothing."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._aside = path.with_name(path.name + ".new")
        self._disk = disk

    def read(self) -> dict[str, dict[str, Any]] | None:
        if not self._path.exists():
            return None
        tables: dict[str, dict[str, Any]] = json.loads(self._path.read_bytes())
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """The old file or the new one is there at every moment, never a part of one."""
        try:
            self._put(self._aside, json.dumps(data, indent=1).encode())
            self._disk.rename(self._aside, self._path)
        except OSError:
            self._aside.unlink(missing_ok=True)
            raise
        folder = self._disk.open(self._path.parent, os.O_RDONLY)
        try:
            self._disk.fsync(folder)  # only now does the new name outlive a power cut
        finally:
            os.close(folder)

    def _put(self, path: Path, data: bytes) -> None:
        descriptor = self._disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            while data:
                data = data[self._disk.write(descriptor, data) :]
            self._disk.fsync(descriptor)
        finally:
            os.close(descriptor)


def _readable(path: Path) -> bool:
    """Whether there is no file yet, or one that holds records."""
    if not path.exists():
        return True
    try:
        tables = json.loads(path.read_bytes())
        return all(
            number.isdecimal() and isinstance(row, dict) and isinstance(row.get("id"), str)
            for table in tables.values()
            for number, row in table.items()
        )
    except (ValueError, AttributeError):  # no JSON, or JSON of another shape
        return False


def _refused(path: Path, doing: str, error: OSError) -> StoreError:
    return StoreError(
        path, f"{doing}: {error.strerror or error}", "check the space on the disk and the folder's owner"
    )
