"""The control socket's operation `trace`: what happens on a line, for who asks again and again.

A tap is put on the line with the first question and taken off when nobody has asked for a while,
so a client that is slow or dead costs the agent nothing: it loses records, and is told how many.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hal.line import Line
from hal.tap import Record, Tap

if TYPE_CHECKING:
    from agent.config.model import StationFile

__all__ = ["Tracing"]

IDLE_S = 15.0  # without a question for so long, nobody is there any more
RECORDS_MAX = 500  # in one answer


class Tracing:
    """The taps of one agent's lines. boot: tells this run's record numbers from another's."""

    def __init__(self, station: "StationFile", lines: Mapping[str, Line], boot: int) -> None:
        self._station, self._lines, self._boot = station, lines, boot
        self._loop = asyncio.get_running_loop()
        self._made = 0
        self._tap_ids: dict[str, str] = {}
        self._ends: dict[str, asyncio.TimerHandle] = {}

    async def trace(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """{"line": id, "tap": id or null, "since": number}: the records from that number on.

        Raises ValueError for a request that makes no sense.
        """
        line = self._lines.get(str(request.get("line")))
        if line is None:
            raise ValueError(f"no line {request.get('line')!r}: lines are {', '.join(self._lines)}")
        since = request.get("since", 0)
        if isinstance(since, bool) or not isinstance(since, int) or since < 0:
            raise ValueError(f"since: {since!r} is no record number")
        tap = self._tap(line)
        tap_id = self._tap_ids[line.id]
        now_ms = self._loop.time() * 1000
        tap.settle(now_ms)
        first, records = tap.since(since if request.get("tap") == tap_id else 0)
        records = records[:RECORDS_MAX]
        return {
            **self._about(line.id),
            "open": line.is_open,
            "trouble": line.trouble or None,
            "tap": tap_id,
            "now": round(now_ms, 3),
            "first": first,
            "next": first + len(records),
            "more": first + len(records) < tap.count,
            "records": [_row(record) for record in records],
        }

    def _tap(self, line: Line) -> Tap:
        """The line's tap, for as long as somebody asks."""
        if line.id in self._ends:
            self._ends.pop(line.id).cancel()
        self._ends[line.id] = self._loop.call_later(IDLE_S, self._take_off, line)
        if line.core.tap is None:
            self._made += 1
            self._tap_ids[line.id] = f"{self._boot}-{self._made}"
            line.core.tap = Tap(line.core.timing.char_ms)
        return line.core.tap

    def _take_off(self, line: Line) -> None:
        del self._ends[line.id]
        line.core.tap = None

    def _about(self, line_id: str) -> dict[str, Any]:
        settings = next(line for line in self._station.lines if line.id == line_id)
        return {
            "line": line_id,
            "port": settings.port,
            "baud": settings.baud,
            "framing": settings.framing,
            "instruments": [
                {"id": each.id, "address": each.address, "driver": each.driver}
                for each in self._station.instruments
                if each.line == line_id
            ],
        }


def _row(record: Record) -> dict[str, Any]:
    """As a capture's record (docs/trace.md), its times in ms on the agent's monotonic clock."""
    row: dict[str, Any] = {
        "t": round(record.at_ms, 3),
        "end": round(record.end_ms, 3),
        "dir": "out" if record.sent else "in",
        "verdict": record.verdict,
        "hex": record.data.hex(),
    }
    if record.address is not None:
        row["address"] = record.address if isinstance(record.address, int | str) else str(record.address)
    for key, value in (("gap_ms", record.gap_ms), ("rtt_ms", record.rtt_ms)):
        if value is not None:
            row[key] = round(value, 3)
    if record.detail:
        row["detail"] = record.detail
    return row
