"""What is known of the instruments, for people: a small TinyDB file beside the journal.

Truth stands in the journal; this view can be rebuilt from it. It holds no histories, since every
change rewrites the file (2 ms at 100 records).
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tinydb import TinyDB, where
from tinydb.storages import Storage

from store.aside import set_aside
from store.errors import StoreError
from store.packing import to_json

__all__ = ["Disk", "Records"]


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


class Records:
    """The device records at `path`, in a folder that exists. Only its owner may read the file.

    A file that cannot be read as records is set aside under a dated name (utc_ms) and stands in
    `set_aside`; a new one begins. Where there is no file it begins with `truth`: the records as the
    journal has them. Every call may raise StoreError, which leaves the file as it was.
    """

    def __init__(
        self,
        path: Path,
        utc_ms: Callable[[], int],
        disk: Disk | None = None,
        *,
        truth: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.set_aside: list[Path] = []
        self._path = path
        try:
            if not _readable(path):
                self.set_aside.append(set_aside(path, utc_ms()))
        except OSError as error:
            raise _refused(path, "reading", error) from error
        lost = not path.exists()
        self._table = TinyDB(path, disk or Disk(), storage=_SafeStorage).table("instruments")
        for record in truth if lost else ():
            self.upsert_instrument(record["id"], record)

    def upsert_instrument(self, instrument_id: str, facts: Mapping[str, Any]) -> bool:
        """Add `facts` (JSON) to what is known of that instrument; whether they were any news.

        Facts of other names stay. Nothing is written where there is no news: an SD card bears only
        so many writes.
        """
        # As they will be read back: a tuple would differ from its own list for ever.
        news = {**json.loads(to_json(facts)), "id": instrument_id}
        try:
            known = self._table.get(where("id") == instrument_id)
            if known is None:
                self._table.insert(news)
            elif {**known, **news} != known:
                self._table.update(news, where("id") == instrument_id)
            else:
                return False
        except OSError as error:
            raise _refused(self._path, "writing", error) from error
        return True

    def instruments(self) -> list[dict[str, Any]]:
        """All records, each with its `id`, in the order in which they were first seen."""
        try:
            return [dict(record) for record in self._table.all()]
        except OSError as error:
            raise _refused(self._path, "reading", error) from error


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
        return all(isinstance(row, dict) and "id" in row for row in tables.get("instruments", {}).values())
    except (ValueError, AttributeError):  # no JSON, or JSON of another shape
        return False


def _refused(path: Path, doing: str, error: OSError) -> StoreError:
    return StoreError(
        path, f"{doing}: {error.strerror or error}", "check the space on the disk and the folder's owner"
    )
