"""SQLite's pages read one by one, without its trees: what is left of a file that SQLite gives up.

Every row of ours bears a checksum, so here nothing has to be believed: a page that looks like a
leaf is taken apart, and what comes out is judged by whoever asked.
Source: sqlite.org/fileformat2.html, sections 1.6 (pages) and 2.1 (records).
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["LEAF", "PAGE_BYTES", "Pages"]

# Small pages, because every commit writes whole ones: 75 bytes per reading at 100 readings/s,
# against 114 with 4096.
PAGE_BYTES = 512
LEAF = 13  # first byte of a leaf of a table with rowids
LOCAL_MAX, LOCAL_MIN = PAGE_BYTES - 35, (PAGE_BYTES - 12) * 32 // 255 - 23  # payload on the leaf itself
ROW_MAX = 1 << 20  # bytes
INTEGERS = (0, 1, 2, 3, 4, 6, 8)  # bytes by serial type 0..6

Row = list[int | float | str | bytes | None]


class Pages:
    """The pages of a database file, and those of its write-ahead log, which are newer.

    Raises OSError where there is no such file, or none that can be read.
    """

    def __init__(self, path: Path, newer: Mapping[int, bytes]) -> None:
        self._file = path.open("rb")
        self.count = path.stat().st_size // PAGE_BYTES
        self._newer = newer

    def close(self) -> None:
        self._file.close()

    def run(self, first: int, count: int) -> bytes:
        """Pages of the file itself, numbered from 1; zeros where it ends, or cannot be read."""
        pages = [self._read(first, count)]
        if len(pages[0]) < count * PAGE_BYTES and count > 1:  # a bad block among them: one by one
            pages = [self._read(number, 1) for number in range(first, first + count)]
        return b"".join(page.ljust(PAGE_BYTES, b"\0") for page in pages)

    def _read(self, first: int, count: int) -> bytes:
        try:
            self._file.seek((first - 1) * PAGE_BYTES)
            return self._file.read(count * PAGE_BYTES)
        except (OSError, OverflowError):
            return b""

    def rows(self, page: bytes) -> Iterator[tuple[int, Row]]:
        """(rowid, columns) of what looks like a row on what looks like a leaf; its rest once as the
        write-ahead log has it, once as the file has it where the two differ."""
        if len(page) != PAGE_BYTES or page[0] != LEAF:
            return
        for at in struct.unpack_from(f">{min(page[3] << 8 | page[4], 200)}H", page, 8):
            for newer in (self._newer, {}):
                try:
                    size, start = _varint(page, at)
                    rowid, start = _varint(page, start)
                    payload = self._payload(page, start, size, newer)
                    yield rowid, _record(payload)
                except (IndexError, ValueError, struct.error):
                    pass
                if not self._newer or size <= LOCAL_MAX:
                    break

    def _payload(self, page: bytes, start: int, size: int, newer: Mapping[int, bytes]) -> bytes:
        if size <= LOCAL_MAX:
            return page[start : start + size]
        local = LOCAL_MIN + (size - LOCAL_MIN) % (PAGE_BYTES - 4)
        local = local if local <= LOCAL_MAX else LOCAL_MIN
        parts, missing = [page[start : start + local]], size - local
        (number,) = struct.unpack_from(">I", page, start + local)
        if size > ROW_MAX:
            raise ValueError("longer than any row of ours")
        while missing > 0:
            more = newer.get(number) or self.run(number, 1)
            (number,) = struct.unpack_from(">I", more)
            parts.append(more[4 : 4 + missing])
            missing -= PAGE_BYTES - 4
        return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to 9 bytes, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


def _record(payload: bytes) -> Row:
    """The columns of a record. Raises IndexError or ValueError where it is none."""
    end, at = _varint(payload, 0)
    columns: Row = []
    start = end
    while at < end:
        kind, at = _varint(payload, at)
        size = INTEGERS[kind] if kind <= 6 else 8 if kind == 7 else 0 if kind < 12 else (kind - 12) // 2
        part = payload[start : start + size]
        if len(part) != size or kind in (10, 11):
            raise ValueError("no record")
        start += size
        if kind <= 6:
            columns.append(int.from_bytes(part, "big", signed=True) if kind else None)
        elif kind == 7:
            columns += struct.unpack(">d", part)
        elif kind < 10:
            columns.append(kind - 8)
        else:
            columns.append(part.decode(errors="replace") if kind % 2 else part)
    return columns
