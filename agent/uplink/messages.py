"""The contract with the platform: rows in, payload bytes out (docs/mqtt.md, schemas/*.json).

Pure. JSON in its compact form, numbers in their shortest exact form, and never NaN or infinity:
those are null, whatever their flag.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from store.rows import Event, Reading
from store.thinning import mean_of

__all__ = ["Origin", "Topics", "event_entry", "events", "meta", "reading_entry", "readings", "status"]

CONTRACT = 1  # the second topic level; rises when a consumer of the old one would be wrong


class Topics(NamedTuple):
    """Where a station's messages go."""

    readings: str
    events: str
    status: str
    meta: str

    @classmethod
    def of(cls, site: str, station: str) -> "Topics":
        base = f"fenceline/{CONTRACT}/{site}/{station}"
        return cls(*(f"{base}/{name}" for name in cls._fields))


class Origin(NamedTuple):
    """Which numbers these are: seq counts within one `log` (journal file) of one station."""

    station: str
    log: str
    boot: int


def readings(origin: Origin, rows: Iterable[tuple[int, Reading]], *, historical: bool) -> bytes:
    """One readings message: rows of one boot, in order of seq. historical: back-filled."""
    head = {**origin._asdict(), "historical": historical}
    return _json({**head, "readings": [reading_entry(seq, row) for seq, row in rows]})


def reading_entry(seq: int, row: Reading) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "seq": seq,
        "t": row.t,
        "ch": row.channel,
        "v": _finite(row.value),
        "f": row.flag,
    }
    if not row.trusted:
        entry["tu"] = 1
    mean = mean_of(row.conditions)
    conditions = row.conditions if mean is None else row.conditions[:-1]
    if conditions:
        entry["c"] = list(conditions)
    if mean is not None:
        entry["mean"] = {"n": mean.readings, "min": mean.min, "max": mean.max}
    return entry


def events(origin: Origin, rows: Iterable[tuple[int | None, Event]]) -> bytes:
    """One events message. seq None: not in the journal (yet); `durable` says the same."""
    return _json({**origin._asdict(), "events": [event_entry(seq, row) for seq, row in rows]})


def event_entry(seq: int | None, row: Event) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "seq": seq,
        "id": row.id,
        "t": row.t,
        "kind": row.kind,
        "durable": seq is not None,
    }
    if not row.trusted:
        entry["tu"] = 1
    # A body cannot take the place of the entry's own fields.
    return {**_plain(row.body), **entry}


def status(origin: Origin, state: str, t: int, version: str, reason: str) -> bytes:
    """The retained status: state `online` or `offline` (also the last will), and why.

    t: UTC milliseconds; of a last will, the time of the connection it belongs to.
    """
    return _json({**origin._asdict(), "state": state, "t": t, "version": version, "reason": reason})


def meta(station: str, site: str, version: str, details: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """The retained meta message; details: the lists `lines`, `instruments`, `channels`, `rules`."""
    lists = {name: list(details.get(name, ())) for name in ("lines", "instruments", "channels", "rules")}
    return _json({"station": station, "site": site, "version": version, **_plain(lists)})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(value: Any) -> Any:
    """JSON-able, with null for what JSON has no number for."""
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)
