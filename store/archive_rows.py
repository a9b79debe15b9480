"""Where a value stands in the archive's tables, and how one row is read."""

import sqlite3
from typing import Any, NamedTuple

from store.averages import Average
from store.blocks import BadBlock, unpack_averages
from store.errors import MALFORMED, primary_code
from store.raw_blocks import unpack_readings
from store.rows import Reading

__all__ = [
    "CHANNELS_MAX",
    "DAY_MS",
    "HOUR_MS",
    "MINUTE_MS",
    "TABLES",
    "Place",
    "Unreadable",
    "averages_at",
    "block_key",
    "only_malformed",
    "readings_at",
]

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
CHANNEL_BITS = 16
CHANNELS_MAX = (1 << CHANNEL_BITS) - 1
# The columns of each table, and how long the time of one row is.
TABLES = {
    "days": (("day", "hours", "minutes"), DAY_MS),
    "hours": (("hour", "minutes"), HOUR_MS),
    "raw": (("readings",), HOUR_MS),
}


class Place(NamedTuple):
    """One row: of which table, the number of its hour or day, the number of its channel."""

    table: str
    number: int
    channel: int

    @classmethod
    def at(cls, table: str, t: int, channel: int) -> "Place":
        """Of the hour or day that begins at t (UTC ms), or of any t of the same number."""
        return cls(table, t // TABLES[table][1], channel)

    @classmethod
    def of(cls, table: str, row_id: int) -> "Place":
        return cls(table, row_id >> CHANNEL_BITS, row_id & CHANNELS_MAX)

    @property
    def row_id(self) -> int:
        return self.number << CHANNEL_BITS | self.channel

    @property
    def first(self) -> int:
        """UTC ms before which nothing of this row begins. Local days begin within a day from there."""
        return self.number * TABLES[self.table][1]

    @property
    def end(self) -> int:
        """UTC ms at which all of this row has ended."""
        return self.first + 2 * TABLES[self.table][1]


class Unreadable(Exception):
    """The row was written, and the disk no longer gives it back. columns: those that it does not."""

    def __init__(self, place: Place, column: str) -> None:
        super().__init__(place, column)
        self.place, self.column = place, column


def averages_at(db: sqlite3.Connection, place: Place, column: str) -> list[Average]:
    """What stands there, nothing where there is no such row. Raises Unreadable, sqlite3.Error."""
    block = _block_at(db, place, column)
    try:
        return unpack_averages(block_key(place, column), block) if block is not None else []
    except BadBlock as error:
        raise Unreadable(place, column) from error


def readings_at(db: sqlite3.Connection, place: Place) -> list[Reading]:
    """Raw readings, otherwise as averages_at. They bear no channel."""
    block = _block_at(db, place, "readings")
    try:
        return unpack_readings(block_key(place, "readings"), block) if block is not None else []
    except BadBlock as error:
        raise Unreadable(place, "readings") from error


def block_key(place: Place, column: str) -> int:
    """What a block's checksum covers beside its content: one in a wrong place is none."""
    columns = [(table, name) for table, (names, _) in TABLES.items() for name in names]
    return place.row_id * len(columns) + columns.index((place.table, column))


def only_malformed(error: sqlite3.Error) -> None:
    """Raises it again where it is not about damage."""
    if primary_code(error) not in MALFORMED:
        raise error


def _block_at(db: sqlite3.Connection, place: Place, column: str) -> bytes | None:
    try:
        row: Any = db.execute(f"SELECT {column} FROM {place.table} WHERE id=?", (place.row_id,)).fetchone()
    except sqlite3.DatabaseError as error:
        only_malformed(error)
        raise Unreadable(place, column) from error
    if row is None:
        return None
    if not isinstance(row[0], bytes):  # even the type of a column can be damaged
        raise Unreadable(place, column)
    return row[0]
