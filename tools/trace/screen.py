"""Frames for a person: one line each, that fits the terminal, also a phone's over SSH."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

from tools.trace.frames import Frame

__all__ = ["Screen"]

NARROW = 72  # below it, times are shown without the hour
RED, YELLOW, GREEN, OFF = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[0m"
COLOURS = {
    "refused": YELLOW,
    "silent": RED,
    "damaged": RED,
    "late": RED,
    "noise": YELLOW,
    "foreign": RED,
    "lost": RED,
}
PLAIN = ("asked", "answered", "heard")


class Screen:
    """Rows of text. columns: the terminal's; whole: all bytes, on lines of their own."""

    def __init__(self, columns: int, *, colour: bool = False, whole: bool = False) -> None:
        self.columns = max(40, columns)
        self._colour, self._whole = colour, whole
        self._narrow = self.columns < NARROW

    def head(self) -> str:
        """The titles of the columns."""
        time = "time     " if self._narrow else "time        "
        return f"{time}  gap ms   bytes  meaning"

    def rows(self, frame: Frame) -> Iterator[str]:
        entry = frame.entry
        start = f"{self._time(frame.utc_ms)} {_gap(entry.gap_ms)} {'>' if entry.sent else '<'} "
        start += f"{len(entry.data):4}" if entry.data else "   -"
        said = f"{start} {self._said(frame)}"
        hexes = entry.data.hex(" ").upper()
        if not self._whole:
            yield self._coloured(self._with_hex(said, hexes), entry.verdict)
            return
        yield self._coloured(said, entry.verdict)
        room = max(8, (self.columns - 8) // 3) * 3
        for at in range(0, len(hexes), room):
            yield " " * 8 + hexes[at : at + room].rstrip()

    def folded(self, text: str) -> str:
        """A sentence, in lines that fit."""
        return textwrap.fill(text, self.columns, subsequent_indent="    ")

    def _said(self, frame: Frame) -> str:
        entry, parts = frame.entry, []
        if entry.verdict not in PLAIN:
            parts.append(entry.verdict.upper())
        if entry.rtt_ms is not None:
            parts.append(f"{entry.rtt_ms:.1f} ms:")
        if entry.sent or entry.verdict in ("late", "foreign", "heard"):
            who = "" if entry.address is None else f"#{entry.address}"
            parts.append(f"{who} {frame.instrument}".strip() + ":" if who or frame.instrument else "")
        parts.append(frame.meaning if entry.verdict != "refused" else frame.meaning or entry.detail)
        if entry.detail and entry.verdict != "refused":
            parts.append(f"({entry.detail})" if frame.meaning else entry.detail)
        return " ".join(part for part in parts if part)

    def _with_hex(self, said: str, hexes: str) -> str:
        """As many bytes behind the words as fit; the words are cut only where they must be."""
        if len(said) > self.columns:
            return said[: self.columns - 1] + "…"
        room = self.columns - len(said) - 2
        if not hexes or room < 8:
            return said
        if len(hexes) > room:
            hexes = hexes[: (room - 1) // 3 * 3].rstrip() + "…"
        return f"{said}  {hexes}"

    def _coloured(self, text: str, verdict: str) -> str:
        colour = COLOURS.get(verdict)
        return f"{colour}{text}{OFF}" if self._colour and colour else text

    def _time(self, utc_ms: float) -> str:
        """The computer's local time, to the millisecond."""
        local = datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone()
        return local.strftime("%M:%S." if self._narrow else "%H:%M:%S.") + f"{int(utc_ms % 1000):03}"


def _gap(gap_ms: float | None) -> str:
    """Eight characters: +12.3, and in seconds where it is long."""
    if gap_ms is None:
        return " " * 8
    if abs(gap_ms) < 10_000:
        return f"{gap_ms:+8.1f}"
    return f"{gap_ms / 1000:+7.0f}s"
