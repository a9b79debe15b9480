"""The profile file of what was found: nothing in it that was not seen."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from tools.profile_wizard.matches import Match
from tools.profile_wizard.search import Found, place_of, way

__all__ = ["About", "Channel", "profile_text"]

NOTES = (
    "Found by comparison with the display. States, over-range and numbers that mean no value are not known: "
    "every answer counts as normal."
)


class About(NamedTuple):
    """The instrument. date: ISO, "" where the clock cannot be trusted; most: registers that it admits in
    one question, None where it refused no number of them."""

    name: str
    vendor: str
    model: str
    asked: str
    date: str
    most: int | None


class Channel(NamedTuple):
    name: str
    unit: str
    found: Found


def profile_text(about: About, channels: Sequence[Channel]) -> str:
    on = f" on {about.date}" if about.date else ""
    lines = [
        f"# Written by `fenceline profile new`{on}. It was read at {about.asked}.",
        "",
        "[profile]",
        _pair("name", about.name),
        *[_pair(key, value) for key, value in (("vendor", about.vendor), ("model", about.model)) if value],
        _pair("protocol", "modbus"),
    ]
    if about.most is not None:
        lines.append(f"max_registers = {about.most}  # it refused to say more at once")
    lines += [_pair("sources", [f"compared with the instrument's display{on}"]), _pair("notes", NOTES)]
    for channel in channels:
        lines += ["", *_channel(channel)]
    return "\n".join(lines) + "\n"


def _channel(channel: Channel) -> list[str]:
    match = channel.found.match
    lines = ["[[channel]]", *_remarks(channel.found)]
    lines += [
        _pair("name", channel.name),
        _pair("table", match.table),
        f"register = {match.register}",
        _pair("type", match.type),
    ]
    if match.registers > 1 or match.order != "ABCD":
        lines.append(_pair("order", match.order))
    if match.divisor > 1:
        lines.append(f"divisor = {match.divisor}")
    return [*lines, _pair("unit", channel.unit)]


def _remarks(found: Found) -> list[str]:
    """What was compared, and what else it might be."""
    texts = list(dict.fromkeys(look.shown.text for look in found.looks))
    remarks = [f"# the display showed {', then '.join(texts)}"]
    if found.match.also:
        remarks.append(f"# {' and '.join(found.match.also)} would have said the same")
    remarks += [f"# {_other(other)} fitted too" for other in found.others[:4]]
    if len(found.others) > 4:
        remarks.append(f"# and {len(found.others) - 4} more")
    return remarks


def _other(match: Match) -> str:
    return f"{place_of(match)}, {way(match)}"


def _pair(key: str, value: object) -> str:
    """TOML's texts and lists are JSON's, of printable characters."""
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
