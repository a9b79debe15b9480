"""Every block of an archive against its checksum, and what a damaged one held."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from store.archive_reader import ArchiveReader
from store.archive_rows import DAY_MS, HOUR_MS, TABLES, Place
from tools.export.times import Zone

__all__ = ["Verified", "damage_text", "verify"]

WHAT = {"days": "minute, hour and day values", "hours": "minute and hour values", "raw": "raw readings"}


class Verified(NamedTuple):
    """rows: looked at; damaged: those that are not as they were written."""

    rows: int
    damaged: list[Place]


def verify(reader: ArchiveReader) -> Verified:
    """Reads the whole file once."""
    count, damaged = 0, []
    for table in TABLES:
        for place in reader.places(table):
            count += 1
            if not reader.is_whole(place):
                damaged.append(place)
    return Verified(count, damaged)


def damage_text(places: Iterable[Place], reader: ArchiveReader, zone: Zone) -> Iterator[str]:
    """A line for each: which channel, what, and when."""
    names = {channel.number: channel.name for channel in reader.channels()}
    for place in places:
        length_ms = DAY_MS if place.table == "days" else HOUR_MS
        start = place.first + -zone.offset_ms % length_ms
        when = zone.text(start)
        when = when[:10] if place.table == "days" else f"the hour from {when}"
        yield f"{names.get(place.channel, place.channel)}: {WHAT[place.table]} of {when} are damaged"
