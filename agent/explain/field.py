"""The stages of a value before the pipeline: the poll, and the bytes on the wire."""

from collections.abc import Mapping
from typing import Any

from agent.config.values import span
from agent.explain.stale import Source
from agent.pipeline.explained import Explained
from agent.polling import Poller
from agent.words import duration

__all__ = ["field_stages"]

CONTROLS = {0x02: "<STX>", 0x03: "<ETX>", 0x06: "<ACK>", 0x0A: "<LF>", 0x0D: "<CR>", 0x15: "<NAK>"}


def field_stages(source: Source, channel: str, now_s: float) -> list[Explained]:
    """channel: the id of the one that is measured. now_s: loop seconds.

    The bytes are those of the last good poll that read it, also where later ones failed.
    """
    poller = source.poller
    settings = poller.settings
    every = f"every {span(settings.every_ms)}" if settings.every_ms else "back to back"
    speed = ", ".join(str(each) for each in (settings.baud, settings.framing) if each)
    at = f"address {settings.address} of line {settings.line}"
    text = [
        f"{settings.driver} at {at}{f' ({speed})' if speed else ''}, {every}",
        f"{poller.polls} polls, {poller.good} good, {poller.skipped} skipped",
    ]
    poll = Explained("poll", channel, tuple(text), _poll_facts(poller))
    exchange = poller.exchanges.get(channel.partition(".")[2])
    if exchange is None:
        return [poll, Explained("bytes", channel, ("no answer with this channel since the start",))]
    said = []
    for asked, answered in exchange.frames:
        said += [f"> {_frame(asked)}"] if asked else []
        said.append(f"< {_frame(answered)}")
    age_s = now_s - exchange.at
    facts: dict[str, Any] = {
        "age_s": round(age_s, 3),
        "driver": settings.driver,
        "address": settings.address,
        "settings": dict(settings.settings),
        "source": source.name,
        "frames": [{"asked": asked.hex(), "answered": answered.hex()} for asked, answered in exchange.frames],
    }
    return [poll, Explained("bytes", channel, (f"of the last good poll, {_ago(age_s)} ago", *said), facts)]


def _frame(data: bytes) -> str:
    """As text where it is text, else in hex."""
    if all(byte in CONTROLS or 0x20 <= byte < 0x7F for byte in data):
        return "".join(CONTROLS.get(byte) or chr(byte) for byte in data)
    return data.hex(" ").upper()


def _ago(seconds: float) -> str:
    return f"{max(0.0, seconds):.1f} s" if seconds < 60 else duration(seconds)


def _poll_facts(poller: Poller) -> Mapping[str, object]:
    settings = poller.settings
    return {
        "instrument": settings.id,
        "line": settings.line,
        "address": settings.address,
        "every_ms": settings.every_ms,
        "polls": poller.polls,
        "good": poller.good,
        "skipped": poller.skipped,
        "trouble": poller.trouble or None,
    }
