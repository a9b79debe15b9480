"""Teledyne 4020 and 4030 total hydrocarbon analysers: lines that come unasked, without a check.

4020, 2400 8N1, every 2 s: `5.88 ppm R-1 (0- 10.00 ppm) ANLZ AL-1` and CR; `as` and `az` with CR start
its calibrations. 4030: `BNZ 12.23 ppm R2 AL1`, CR, LF and NUL, the components in turn.
Source: Teledyne 4020 manual p. 41-42 (line, modes, alarms, commands); Teledyne's 4030 FAQ (line).
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.streamed_line import StreamedLine
from drivers.wire.text import plain

if TYPE_CHECKING:
    from typing import NamedTuple

    from drivers.exchange import Buffer

    class Reading(NamedTuple):
        value: float
        unit: str
        range: str
        top: float
        mode: str
        alarms: tuple[str, ...]

    class Component(NamedTuple):
        name: str
        value: float
        unit: str
        range: str
        state: str
else:
    # top: the end of the range, in `unit`. mode: one of MODES. alarms: those that are on.
    Reading = namedtuple("Reading", ("value", "unit", "range", "top", "mode", "alarms"))
    # state: one of STATES.
    Component = namedtuple("Component", ("name", "value", "unit", "range", "state"))

__all__ = ["ALARMS", "MODES", "STATES", "Calibrate", "Component", "Read4020", "Read4030", "Reading"]

MODES = ("ANLZ", "ZERO", "SPAN")
ALARMS = ("AL-1", "AL-2")
STATES = ("AL", "AL1", "AL2", "AL12", "SPAN")  # AL: no alarm
LF, CR = 0x0A, 0x0D


class Read4020(StreamedLine):
    """The next line of a 4020, as a Reading."""

    shape = ("Teledyne", "4020")
    timeout_ms = 7000.0  # three of its intervals, and a bit
    expected = 48

    def said(self, text: str) -> "Reading":
        before, opened, rest = text.partition("(")
        span, closed, behind = rest.partition(")")
        words, modes = before.split(), behind.split()
        low, dash, top = span.partition("-")
        ends = top.split()
        if len(words) != 3 or not opened or not closed or not dash or len(ends) != 2:
            raise WireError("line", "value, unit, range, (low- high unit), mode", text or "nothing")
        if not modes or modes[0] not in MODES:
            raise WireError("mode", ", ".join(MODES), modes[0] if modes else "nothing")
        for word in modes[1:]:
            if word not in ALARMS:
                raise WireError("alarm", ", ".join(ALARMS), word)
        if words[1] != ends[1]:
            raise WireError("unit of the range", words[1], ends[1])
        plain(low.strip(), "low end of the range")
        return Reading(
            plain(words[0]),
            words[1],
            words[2],
            plain(ends[0], "high end of the range"),
            modes[0],
            tuple(modes[1:]),
        )


class Read4030(StreamedLine):
    """The next line of a 4030, as a Component."""

    shape = ("Teledyne", "4030")
    expected = 24
    mark = 0x00
    skipped = b""
    controls = (CR, LF)

    def said(self, text: str) -> "Component":
        words = text.split()
        if text[-2:] != "\r\n" or len(words) != 5:
            raise WireError("line", "component, value, unit, range, alarms, CR LF", text or "nothing")
        if words[4] not in STATES:
            raise WireError("alarms", ", ".join(STATES), words[4])
        return Component(words[0], plain(words[1]), words[2], words[3], words[4])


class Calibrate(Request):
    """`az` or `as`: the 4020's zero or span calibration. Never sent twice; the lines go on coming."""

    address = None
    repeatable = False
    broadcast = True  # nothing is due but a pause

    def __init__(self, command: str) -> None:
        if command not in ("az", "as"):
            raise ValueError("4020 command %r is none of az, as" % command)
        self.command = command
        self.shape = ("Teledyne", command)

    def encode(self) -> bytes:
        return self.command.encode() + b"\r"

    def length(self, buf: "Buffer") -> None:
        return None

    def parse(self, buf: "Buffer") -> None:
        if buf:
            raise WireError("answer to a command", "none", buf[0])
