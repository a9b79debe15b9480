"""The kinds of value that only a scenario has."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from agent.config.findings import nearest, shown
from agent.config.values import Kind, Wrong, duration, is_number, number

__all__ = [
    "AMOUNTS",
    "AT",
    "HOOD",
    "HOURS",
    "MEASURES",
    "PLACE",
    "POINT",
    "QUANTITIES",
    "START",
    "SUBSTANCES",
]

# As hardware_sim.plant has them; a test holds the two against each other.
EMITTED = "tsp pm10 pm25 so2 no no2 co o3 h2s nh3 benzene voc ch4 co2"
OTHERS = """
pm1 pm4 pm_coarse nox thc nmhc lel
wind_speed wind_direction temperature dew_point humidity pressure rain sun noise
"""
SUBSTANCES = tuple(EMITTED.split())
QUANTITIES = (*SUBSTANCES, *OTHERS.split())
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
FARTHEST_M = 100_000
DAY_MS = 24 * 3_600_000


def _start(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise Wrong(f"{shown(value)} is no local date and time", "without quotes, as in 2026-03-10T06:00:00")
    return value.replace(microsecond=0)


def _coordinates(count: int, example: str) -> Callable[[Any], list[float]]:
    def parse(value: Any) -> list[float]:
        if not isinstance(value, list) or len(value) != count or not all(map(is_number, value)):
            raise Wrong(f"{shown(value)} is no place: {count} numbers, m", f"as in {example}")
        if not all(abs(each) <= FARTHEST_M for each in value):  # also not-a-number
            raise Wrong(f"a place beyond {FARTHEST_M // 1000} km", "the plume's formula ends at 10 km")
        return [float(each) for each in value]

    return parse


def _hours(value: Any) -> list[tuple[int, int]]:
    """(from, until) in seconds of the day."""
    example = 'as in ["08:00-12:00", "22:00-06:00"]'
    if not isinstance(value, list) or not value:
        raise Wrong(f"{shown(value)} is no list of hours", example)
    spans = []
    for item in value:
        found = SPAN.fullmatch(item) if isinstance(item, str) else None
        if found is None or (found[3] == "24" and found[4] != "00"):
            raise Wrong(f"{shown(item)} is no span of the day", example)
        start, end = (60 * (60 * int(found[at]) + int(found[at + 1])) for at in (1, 3))
        if start == end:
            raise Wrong(f"{shown(item)} ends where it begins", "without `hours` it is the whole day")
        spans.append((start, end))
    return spans


def _at(value: Any) -> tuple[str, int]:
    """("clock", seconds of the day) or ("after", seconds since the start)."""
    found = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found:
        return "clock", 60 * (60 * int(found[1]) + int(found[2]))
    try:
        return "after", duration(0, 365 * DAY_MS, 1000).parse(value) // 1000
    except Wrong as wrong:
        hint = 'a time of the plant\'s day, as in "08:10", or a duration since its start, as in "10m"'
        raise Wrong(wrong.message, hint) from None


def _numbers(known: tuple[str, ...], value: Any, low: float, high: float) -> dict[str, float]:
    if not isinstance(value, dict):
        raise Wrong(f"{shown(value)} is not a table", "as in { tsp = 1.5, pm10 = 0.6 }")
    for name in value:
        if name not in known:
            raise Wrong(f"{shown(name)}: unknown", nearest(name, known))
    found = {}
    for name, item in value.items():
        try:
            found[name] = number(low, high).parse(item)
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong.message}", wrong.hint) from None
    return found


def _amounts(value: Any) -> dict[str, float]:
    found = _numbers(SUBSTANCES, value, 0, 1e9)
    if not found:
        raise Wrong("nothing is emitted", "as in { tsp = 1.5, pm10 = 0.6 }")
    return found


def _hood(value: Any) -> dict[str, float]:
    found = {"filter": 0.0, **_numbers(("flow", "capture", "filter"), value, 0, 1e6)}
    shares = found.get("capture", 2.0), found["filter"]
    if not found.get("flow") or max(shares) > 1:
        raise Wrong(
            "a hood has a flow above 0, m3/s, and the shares 0..1 that it captures and filters",
            "as in { flow = 8.0, capture = 0.9, filter = 0.998 }",
        )
    return found


def _measures(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Wrong(f"{shown(value)} names no quantities by channel", 'as in { gas = "h2s" }')
    for quantity in value.values():
        if quantity not in QUANTITIES:
            raise Wrong(f"the plant has no quantity {shown(quantity)}", nearest(quantity, QUANTITIES))
    return value


START = Kind("local date and time", "no offset", _start)
POINT = Kind("list", f"[east, north], m, within {FARTHEST_M / 1000:g} km", _coordinates(2, "[120, -40]"))
PLACE = Kind("list", "[east, north, above ground], m", _coordinates(3, "[120, -40, 3]"))
HOURS = Kind("list of texts", "HH:MM-HH:MM", _hours)
AT = Kind("text", "HH:MM, or a duration since the start", _at)
AMOUNTS = Kind("table", "substance = 0 and above", _amounts)
HOOD = Kind("table", "flow, m3/s; capture, 0..1; filter, 0..1", _hood)
MEASURES = Kind("table", "channel = quantity", _measures)
