"""The kinds of value a key may have: each turns what TOML says into a plain value, or says why not."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.compounds import LAMPS_EV
from agent.config.findings import shown
from agent.pipeline.periods import PERIODS, period_named

__all__ = [
    "ACKNOWLEDGED",
    "ADDRESS",
    "BOTH",
    "EITHER",
    "EVENTS",
    "FAULTS",
    "FRAMING",
    "GAS",
    "GONE",
    "ID",
    "ID_PATTERN",
    "LAMP",
    "NOISE",
    "NUMBERS",
    "OFFSET",
    "PIN",
    "QUANTITY",
    "RESOLUTIONS",
    "ROLLING",
    "SCRIPTS",
    "SHARES",
    "TABLE",
    "TEXT",
    "TEXTS",
    "TEXT_BY_NAME",
    "TRUTH",
    "UNTIL",
    "WHOLE",
    "Kind",
    "Wrong",
    "duration",
    "integer",
    "is_number",
    "number",
    "one_of",
    "span",
]

DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|h|d)")
UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
OFFSET_PATTERN = re.compile(r"([+-])(\d\d):(\d\d)")
FRAMING_PATTERN = re.compile(r"([78])([NEO])([12])")
BIGGEST = 2**63 - 1  # what TOML promises to carry
OFFSET_MIN = (-12 * 60, 14 * 60)  # what civil time uses


class Wrong(Exception):
    """A value that does not fit: what is wrong, and what would do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message, self.hint = message, hint


@dataclass(frozen=True)
class Kind:
    """type and range: as the reference names them; parse raises Wrong."""

    type: str
    range: str
    parse: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(
            f"{shown(value)} is not a text", "" if isinstance(value, list | dict) else "put it in quotes"
        )
    if not value.strip() or not value.isprintable():
        raise Wrong("an empty text" if not value.strip() else f"control characters in {shown(value)}")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise Wrong(f"{shown(value)} is not a list of texts" if value != [] else "an empty list")
    return [_text(item) for item in value]


def _id(value: Any) -> str:
    if not ID_PATTERN.fullmatch(_text(value)):
        raise Wrong(
            f"{shown(value)} cannot be an id",
            "1..64 of a-z, 0-9, - and _, a letter or digit first: it names files and MQTT topics",
        )
    return str(value)


def _pin(value: Any) -> int | str:
    if isinstance(value, str):
        return _text(value)
    if _whole(value) < 0:
        raise Wrong(f"{shown(value)} is no offset of a pin", "0 and above, or its name in quotes")
    return int(value)


def _quantity(value: Any) -> str | float:
    """A channel, or a number in its place."""
    return _text(value) if isinstance(value, str) else float(number().parse(value))


def _shares(value: Any) -> dict[str, float]:
    return _each(value, number(0, 1).parse)


def _lamp(value: Any) -> float:
    if not is_number(value) or value not in LAMPS_EV:
        raise Wrong(f"{shown(value)} is no lamp of a PID", f"lamps are of {_lamps()} eV")
    return float(value)


def _lamps() -> str:
    return ", ".join(f"{lamp:g}" for lamp in LAMPS_EV)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{shown(value)} is neither true nor false")
    return value


def is_number(value: object) -> bool:
    """True and false are no numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(value: float, low: float, high: float, written: str, allowed: str) -> None:
    if not low <= value <= high:
        raise Wrong(f"{written} is not within {allowed}")


def _unquoted(value: Any) -> str:
    return "numbers stand without quotes" if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > BIGGEST:
        raise Wrong(f"{shown(value)} is not a whole number", _unquoted(value))
    return value


def integer(low: int, high: int, unit: str = "") -> Kind:
    """A whole number within low..high, both allowed."""
    allowed = f"{low}..{high} {unit}".rstrip()

    def parse(value: Any) -> int:
        _within(_whole(value), low, high, shown(value), allowed)
        return int(value)

    return Kind("integer", allowed, parse)


def number(low: float = -math.inf, high: float = math.inf, unit: str = "") -> Kind:
    """A finite number within low..high, both allowed."""
    bounds = (low > -math.inf, high < math.inf)
    allowed = {
        (False, False): "any number",
        (True, False): f"{low:g} and above",
        (True, True): f"{low:g}..{high:g}",
    }[bounds]
    allowed = f"{allowed}, {unit}" if unit else allowed

    def parse(value: Any) -> float:
        if not is_number(value):
            raise Wrong(f"{shown(value)} is not a number", _unquoted(value))
        if abs(value) > 1e300 or not math.isfinite(value):
            raise Wrong(f"{shown(value)} is no number that can be measured")
        if value < low:
            raise Wrong(f"{shown(value)} is below {low:g}")
        _within(value, low, high, shown(value), allowed)
        return float(value)

    return Kind("number", allowed, parse)


def span(ms: float) -> str:
    """A duration as a person writes it: 1000 is 1s, 90000 is 90s, 2.5 is 2.5ms."""
    for unit in ("h", "m", "s"):
        if ms and ms % UNIT_MS[unit] == 0:
            return f"{ms // UNIT_MS[unit]:g}{unit}"
    return f"{ms:g}ms" if ms else "0s"


def duration(low_ms: float, high_ms: float, step_ms: float = 1) -> Kind:
    """A text like "300ms", "1s", "10m", "1h", as milliseconds; step_ms: 1 for whole ones, 0 for any."""
    allowed = f"{span(low_ms)}..{span(high_ms)}"

    def parse(value: Any) -> float:
        if is_number(value):
            example = value if 0 <= value < 1e6 else 1
            raise Wrong(
                f"{shown(value)} has no unit", f'a duration is a text with its unit, as in "{example}s"'
            )
        found = DURATION.fullmatch(_text(value))
        if not found:
            raise Wrong(
                f"{shown(value)} is not a duration", 'expected a text like "300ms", "1s", "10m", "1h"'
            )
        ms = round(float(found[1]) * UNIT_MS[found[2]], 6)
        _within(ms, low_ms, high_ms, shown(value), allowed)
        if step_ms and ms % step_ms:
            raise Wrong(f"{shown(value)} is too fine", f"whole steps of {span(step_ms)}")
        return int(ms) if step_ms else ms

    return Kind("duration", allowed, parse)


GONE, ACKNOWLEDGED, EITHER, BOTH = UNTIL = (  # how long an alarm holds an output
    *("gone", "acknowledged"),
    *("gone or acknowledged", "gone and acknowledged"),
)


def one_of(*choices: str) -> Kind:
    """One of a closed set of texts."""
    allowed = ", ".join(f'"{choice}"' for choice in choices)

    def parse(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Wrong(f"{shown(value)} is none of {allowed}")
        return value

    return Kind("text", allowed, parse)


def _framing(value: Any) -> tuple[int, str, int]:
    found = FRAMING_PATTERN.fullmatch(_text(value))
    if not found:
        raise Wrong(
            f"{shown(value)} is no framing",
            "data bits 7 or 8, parity N, E or O, stop bits 1 or 2, as in 8N1, 8E1, 7E1",
        )
    return int(found[1]), found[2], int(found[3])


def _offset(value: Any) -> int:
    found = OFFSET_PATTERN.fullmatch(_text(value))
    minutes = int(found[2]) * 60 + int(found[3]) if found else -1
    if found and found[1] == "-":
        minutes = -minutes
    if not found or int(found[3]) > 59 or not OFFSET_MIN[0] <= minutes <= OFFSET_MIN[1]:
        raise Wrong(f"{shown(value)} is no offset from UTC", '-12:00..+14:00, as in "+08:00"')
    return minutes


def _rolling(value: Any) -> list[str]:
    """Each by its name, once."""
    found: list[str] = []
    for item in _texts(value):
        try:
            name = period_named(item).name
        except ValueError as error:
            raise Wrong(f"{shown(item)} is no period", str(error)) from None
        if name in PERIODS:
            raise Wrong(f"{shown(item)} is always formed", "rolling:2m..60m, rolling:2h..24h")
        if name in found:
            raise Wrong(f"{shown(item)} stands twice")
        found.append(name)
    return found


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong(f"{shown(value)} is not a table", "as in { divisor = 10 }")
    return value


def _noise(value: Any) -> dict[str, float]:
    return _each(value, number(low=0).parse)


def _texts_by_name(value: Any) -> dict[str, str]:
    if not _each(value, _text):
        raise Wrong("an empty table")
    return _each(value, _text)


def _numbers(value: Any) -> dict[str, float]:
    return _each(value, number().parse)


def _resolutions(value: Any) -> dict[str, float]:
    return _each(value, _resolution)


def _resolution(value: Any) -> float:
    step: float = number(low=0).parse(value)
    if not 1e-9 <= step <= 1e9:
        raise Wrong(f"{shown(value)} is not within 1e-9..1e9")
    return step


def _scripts(value: Any) -> dict[str, Any]:
    return _each(value, _script)


def _each(value: Any, parse: Callable[[Any], Any]) -> dict[str, Any]:
    """A table of values of one kind; what is wrong names the channel."""
    parsed = {}
    for name, item in _table(value).items():
        try:
            parsed[name] = parse(item)
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong.message}", wrong.hint) from None
    return parsed


def _recording(recording: dict[str, Any]) -> dict[str, Any]:
    """Of a CSV file, which is read where the bench is made."""
    kinds = {
        "csv": TEXT,
        "channel": TEXT,
        "ends": one_of("hold", "loop"),
        "holes": one_of("hold", "nan"),
        "speed": number(0.001, 10_000),
    }
    if "csv" not in recording:
        raise Wrong("a table without `csv`", 'a recording is { csv = "day.csv", channel = "tsp" }')
    for name, value in recording.items():
        if name not in kinds:
            raise Wrong(f"{shown(name)}: unknown key", "known are " + ", ".join(kinds))
        try:
            kinds[name].parse(value)
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong.message}", wrong.hint) from None
    return recording


def _script(script: Any) -> Any:
    """A number (nan: the instrument has no value), points in time, or a recording."""
    if isinstance(script, dict):
        return _recording(script)
    expected = "a number, or points [[seconds, value], ...] in the order of time"
    points = script if isinstance(script, list) else [[0, script]]
    before = -math.inf
    if not points:
        raise Wrong("no points", expected)
    for point in points:
        if not isinstance(point, list) or len(point) != 2 or not all(map(is_number, point)):
            raise Wrong(f"{shown(script)} does not describe a value", expected)
        if max(map(abs, point)) > 1e300 or not math.isfinite(point[0]):  # infinite; nan passes as a value
            raise Wrong("a point that cannot be measured", expected)
        if point[0] < before:
            raise Wrong(f"{point[0]:g} s stands behind {before:g} s", expected)
        before = point[0]
    return script


def _tables(example: str) -> Callable[[Any], list[dict[str, Any]]]:
    def parse(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Wrong(f"{shown(value)} is not a list of tables", f"as in [{example}]")
        return value

    return parse


def _gas(value: Any) -> Any:
    """What a cylinder holds: a number, or numbers by channel."""
    parse = number().parse
    return _each(value, parse) if isinstance(value, dict) else parse(value)


TEXT = Kind("text", "not empty", _text)
TEXTS = Kind("list of texts", "at least one", _texts)
# The driver knows the range, and the message then names its protocol.
ADDRESS = Kind("integer", "Modbus 1..247, over tcp:// 0..255", _whole)
WHOLE = Kind("integer", "any whole number", _whole)
ID = Kind("id", "1..64 of a-z 0-9 - _", _id)
TRUTH = Kind("boolean", "true, false", _truth)
QUANTITY = Kind("number or text", "any number, or a channel", _quantity)
SHARES = Kind("table", "0..1 each", _shares)
TEXT_BY_NAME = Kind("table of texts", "at least one", _texts_by_name)
NUMBERS = Kind("table of numbers", "any number", _numbers)
LAMP = Kind("number", f"{_lamps()}, eV", _lamp)
FRAMING = Kind("text", "7..8, N E O, 1..2", _framing)
PIN = Kind("integer or text", "offset, or name", _pin)
OFFSET = Kind("text", "-12:00..+14:00", _offset)
TABLE = Kind("table", "see below", _table)
ROLLING = Kind("list of texts", "rolling:2m..60m rolling:2h..24h", _rolling)
SCRIPTS = Kind("table", "a number, points [[seconds, value], ...], or { csv = FILE }", _scripts)
RESOLUTIONS = Kind("table", "above 0", _resolutions)
NOISE = Kind("table", "standard deviations, 0 and above", _noise)
FAULTS = Kind("list of tables", "see below", _tables('{ kind = "late", share = 0.1 }'))
EVENTS = Kind("list of tables", "see below", _tables('{ at = "10m", do = "zero" }'))
GAS = Kind("number or table", "any number", _gas)
