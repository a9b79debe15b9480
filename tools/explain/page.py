"""One value's way as a page for a terminal, also a phone's."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from agent.words import duration

__all__ = ["page"]

LABEL = 12  # the longest stage's name, and a space
LEAST = 36  # columns: less is not readable
NO_BREAK = "\u00a0"
UNIT = re.compile(r"(?<=\d) (?=(?:s|ms|min|h|d|mA|kPa|pp[mb]|[mu]g/m3|mgC/m3)\b|%)")


def page(answer: dict[str, Any], columns: int) -> Iterator[str]:
    """answer: as the agent, or a replay, gives it. columns: of the terminal."""
    columns = max(LEAST, columns)
    yield from _wrapped(_head(answer), columns, "", "  ")
    if answer["conditions"]:
        yield from _wrapped(f"because: {'; '.join(answer['conditions'])}", columns, "  ", "    ")
    if answer.get("stale"):
        yield "STALE:"
        for reason in answer["why"] or ["nothing is known that holds it up: the next poll tells"]:
            yield from _wrapped(reason, columns, "- ", "  ")
    shown = None
    several = len({stage["channel"] for stage in answer["stages"]}) > 1
    for stage in answer["stages"]:
        if stage["channel"] != shown:
            shown = stage["channel"]
            yield from ["", shown] if several else [""]
        yield from _stage(stage["stage"], stage["text"], columns)
    if not answer.get("stale"):
        yield from _stage("note", answer.get("why", ()), columns)


def _stage(label: str, text: Iterable[str], columns: int) -> Iterator[str]:
    for line in text:
        yield from _wrapped(line, columns, f"{label:{LABEL}}", " " * (LABEL + 2))
        label = ""


def _head(answer: dict[str, Any]) -> str:
    if answer["flag"] is None:
        return f"{answer['channel']}: not read"
    value = "no value" if answer["value"] is None else f"{answer['value']:.9g} {answer['unit']}"
    age = answer.get("age_s")
    old = "" if age is None else f", {age:.1f} s old" if age < 60 else f", {duration(age)} old"
    return f"{answer['channel']}: {value}, flag {answer['flag']}{old}"


def _wrapped(text: str, columns: int, first: str, then: str) -> list[str]:
    """A number and its unit stay together."""
    glued = UNIT.sub(NO_BREAK, text)
    lines = textwrap.wrap(
        glued, columns, initial_indent=first, subsequent_indent=then, break_on_hyphens=False
    )
    return [line.replace(NO_BREAK, " ") for line in lines]
