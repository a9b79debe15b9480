"""Captures of a line: what was sent and heard, when, and what the master made of it.

A text file, one JSON object a line: a header, then the records in order. docs/trace.md is the
contract. `fenceline trace` writes and shows them; an emulated line replays them.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = [
    "VERSION",
    "Capture",
    "CaptureError",
    "Entry",
    "Header",
    "entry_line",
    "header_line",
    "parse",
    "read",
]

VERSION = 1
KIND = "fenceline-capture"
DATA_BYTES_MAX = 8192
RECORDS_MAX = 1_000_000
VERDICTS = (
    "asked",
    "answered",
    "refused",
    "silent",
    "damaged",
    "late",
    "noise",
    "heard",
    "foreign",
    "echo",
    "lost",
)
SENT, EMPTY = ("asked",), ("silent", "lost")


class CaptureError(Exception):
    """What is wrong in a capture, in which file and line (0: the file itself)."""

    def __init__(self, file: str, line: int, what: str, hint: str = "") -> None:
        super().__init__(file, line, what, hint)
        self.file, self.line, self.what, self.hint = file, line, what, hint

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{where}: {self.what}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class Header(NamedTuple):
    """start: UTC ms of record time 0; source: "agent" or "listening"; instruments: (id, address, driver)."""

    line: str
    baud: int
    framing: str
    start: int
    source: str = "agent"
    instruments: tuple[tuple[str, int | str, str], ...] = ()


class Entry(NamedTuple):
    """One frame or one silence. at_ms: its first byte, since the header's start; end_ms: its last
    byte's end; gap_ms, rtt_ms: as the tap measured them, None where there is none."""

    at_ms: float
    end_ms: float
    verdict: str
    data: bytes
    address: int | str | None = None
    gap_ms: float | None = None
    rtt_ms: float | None = None
    detail: str = ""

    @property
    def sent(self) -> bool:
        """Whether a master sent it."""
        return self.verdict in SENT


class Capture(NamedTuple):
    header: Header
    entries: tuple[Entry, ...]


def header_line(header: Header) -> str:
    row = {
        "kind": KIND,
        "version": VERSION,
        "line": header.line,
        "baud": header.baud,
        "framing": header.framing,
        "start": header.start,
        "source": header.source,
        "instruments": [
            {"id": name, "address": address, "driver": driver} for name, address, driver in header.instruments
        ],
    }
    return json.dumps(row, ensure_ascii=False)


def entry_row(entry: Entry) -> dict[str, Any]:
    """The record as plain data; keys without a value are left out."""
    row: dict[str, Any] = {
        "t": round(entry.at_ms, 3),
        "end": round(entry.end_ms, 3),
        "dir": "out" if entry.sent else "in",
        "verdict": entry.verdict,
        "hex": entry.data.hex(),
    }
    for key, value in (("address", entry.address), ("gap_ms", entry.gap_ms), ("rtt_ms", entry.rtt_ms)):
        if value is not None:
            row[key] = round(value, 3) if isinstance(value, float) else value
    if entry.detail:
        row["detail"] = entry.detail
    return row


def entry_line(entry: Entry) -> str:
    return json.dumps(entry_row(entry), ensure_ascii=False)


def read(path: Path) -> Capture:
    """Raises CaptureError."""
    try:
        with path.open("rb") as file:
            return parse(file, str(path))
    except OSError as error:
        raise CaptureError(str(path), 0, f"cannot be read: {error.strerror or error}") from error


def parse(lines: Iterable[bytes], name: str) -> Capture:
    """name: for messages. A last line that was cut off, as by a power cut, is left out.

    Raises CaptureError naming file and line.
    """
    header: Header | None = None
    entries: list[Entry] = []
    for number, raw in enumerate(lines, 1):
        if header is not None and not raw.endswith(b"\n"):
            break
        row = _Row(raw, name, number)
        if header is None:
            header = _header(row)
        elif len(entries) == RECORDS_MAX:
            raise row.wrong(f"more than {RECORDS_MAX} records")
        else:
            entries.append(_entry(row))
    if header is None:
        raise CaptureError(name, 0, "empty: a capture begins with a header")
    return Capture(header, tuple(entries))


class _Row:
    """One line's object; every value is checked where it is taken."""

    def __init__(self, raw: bytes, name: str, number: int) -> None:
        self._name, self._number = name, number
        try:
            row = json.loads(raw)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nonsense"
            raise self.wrong(f"not JSON: {reason}", "a capture is one JSON object a line") from None
        if not isinstance(row, dict):
            raise self.wrong("not a JSON object")
        self.row: dict[str, Any] = row

    def wrong(self, what: str, hint: str = "") -> CaptureError:
        return CaptureError(self._name, self._number, what, hint)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.row.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"`{key}`: {_shown(value)} is not a text")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.wrong(f"`{key}`: {_shown(value)} is none of {', '.join(allowed)}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.row.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(f"`{key}`: {_shown(value)} is not a whole number within {low}..{high}")
        return value

    def ms(self, key: str, required: bool = True) -> float | None:
        value = self.row.get(key)
        if value is None and not required:
            return None
        good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
        if not good:  # also for nan, which compares false
            raise self.wrong(f"`{key}`: {_shown(value)} is not a number of milliseconds")
        return float(value)  # type: ignore[arg-type]

    def address(self, key: str) -> int | str | None:
        value = self.row.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise self.wrong(f"`{key}`: {_shown(value)} is no address")
        return value


def _header(row: _Row) -> Header:
    if row.row.get("kind") != KIND:
        raise row.wrong(f'not a capture: its first line has no "kind": "{KIND}"')
    version = row.row.get("version")
    if version is None:
        raise row.wrong("`version`: missing")
    if version != VERSION:
        raise row.wrong(
            f"version {_shown(version)}: this program reads version {VERSION}", "use the one that wrote it"
        )
    framing = row.text("framing")
    if len(framing) != 3 or framing[0] not in "78" or framing[1] not in "NEO" or framing[2] not in "12":
        raise row.wrong(f"`framing`: {_shown(framing)} is none: as in 8N1, 8E1, 7E1")
    instruments = row.row.get("instruments", [])
    if not isinstance(instruments, list):
        raise row.wrong("`instruments`: not a list")
    known = []
    for each in instruments:
        if not isinstance(each, dict) or not all(isinstance(each.get(key), str) for key in ("id", "driver")):
            raise row.wrong(f"`instruments`: {_shown(each)} has no id and driver")
        address = each.get("address")
        if isinstance(address, bool) or not isinstance(address, int | str):
            raise row.wrong(f"`instruments`: {_shown(address)} is no address")
        known.append((each["id"], address, each["driver"]))
    return Header(
        row.text("line"),
        row.whole("baud", 50, 4_000_000),
        framing,
        row.whole("start", 0, 10**15),
        row.one_of("source", ("agent", "listening")),
        tuple(known),
    )


def _entry(row: _Row) -> Entry:
    verdict = row.one_of("verdict", VERDICTS)
    at, end = row.ms("t"), row.ms("end")
    assert at is not None
    assert end is not None
    if end < at:
        raise row.wrong(f"`end`: {end:g} ms is before `t`, {at:g} ms")
    try:
        data = bytes.fromhex(row.text("hex"))
    except ValueError:
        raise row.wrong(f"`hex`: {_shown(row.row['hex'])} is no row of hex bytes") from None
    if len(data) > DATA_BYTES_MAX:
        raise row.wrong(f"`hex`: {len(data)} bytes, a record has at most {DATA_BYTES_MAX}")
    if bool(data) == (verdict in EMPTY) and verdict != "damaged":  # its bytes may be records before it
        raise row.wrong(f"`hex`: {'bytes in' if data else 'no bytes in'} a record that is {verdict}")
    way = row.one_of("dir", ("out", "in"))
    if (way == "out") != (verdict in SENT):
        raise row.wrong(f"`dir`: {verdict} goes {'in' if way == 'out' else 'out'}")
    return Entry(
        at,
        end,
        verdict,
        data,
        row.address("address"),
        row.ms("gap_ms", required=False),
        row.ms("rtt_ms", required=False),
        row.text("detail", ""),
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
