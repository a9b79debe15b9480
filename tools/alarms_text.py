"""Alarms for a person, in lines that fit a phone."""

from collections.abc import Iterator, Mapping
from typing import Any

from agent.pipeline.conditions.per_day import A_DAY
from tools.commands.common import duration, folded, local_time

__all__ = ["alarms_text", "history_text"]

MOMENT = "%m-%d %H:%M"
# What people have to act on first.
ORDER = (
    *("unacked", "latched", "returned", "acked", "latched-acked"),
    *("shelved", "suppressed", "out-of-service", "normal"),
)
KEPT_QUIET = {
    "shelved": "shelved",
    "suppressed": "suppressed",
    "out-of-service": "taken out of service",
}


def alarms_text(answer: Mapping[str, Any], utc_offset_min: int) -> Iterator[str]:
    """answer: of the control socket's `alarms`."""
    if answer["flood"]:
        yield f"FLOOD: {answer['flood']} alarms raised since it began"
    for row in sorted(answer["alarms"], key=lambda row: ORDER.index(row["state"])):
        yield from folded("\n".join(_alarm(row, answer["utc"], utc_offset_min))).splitlines()
    if not answer["alarms"]:
        yield "the station file has no [[rule]]"


def _alarm(row: Mapping[str, Any], now: int, offset_min: int) -> Iterator[str]:
    of_limit = row["kind"] != "value" or row["unit"] == A_DAY  # and not the channel's
    unit = "" if of_limit else f" {row['unit']}"
    value = "no value" if row["value"] is None else f"{row['value']:g}{unit}"
    flag = "" if row["flag"] in ("N", None) else f" ({row['flag']})"
    if row["state"] == "normal":
        yield f"{row['rule']}: normal, {row['channel']} {value}{flag}"
        return
    since = row["active"] or row["since"]
    ago = f", {duration(max(0, now - since) / 1000)}" if since is not None else ""
    yield f"{row['rule']}: {row['state'].upper()}{_at(' since', since, offset_min)}{ago}"
    yield f"  {row['channel']} {value}{flag}; {row['level']}: {row['condition']}{_held(row)}"
    yield from _people(row, now, offset_min)
    if row["chatter"]:
        yield f"  chatters: raised {row['chatter']} times"
    if row["stale"]:
        yield "  stale: has stood for more than 24 hours"


def _held(row: Mapping[str, Any]) -> str:
    """What is held against the limit, where that is not the channel's value."""
    own = row["kind"] == "value" and row["on"] == "raw" and row["unit"] != A_DAY
    return "" if own or row["held"] is None else f", now {row['held']:g} {row['unit']}"


def _people(row: Mapping[str, Any], now: int, offset_min: int) -> Iterator[str]:
    noted, quiet = row["acknowledged"], row["quiet"]
    if noted is not None:
        yield f"  acknowledged by {noted['by']}{_at(' at', noted['t'], offset_min)}"
    if quiet is not None:
        left = _at(" until", row["until"], offset_min)
        if row["until"] is not None:
            left += f", {duration(max(0, row['until'] - now) / 1000)} left"
        by = f" by {quiet['by']}" if "by" in quiet else ""
        why = f": {quiet['why']}" if "why" in quiet else ""
        yield f"  {KEPT_QUIET[row['state']]}{by}{left}{why}"
        yield f"  its condition {'STANDS' if row['stands'] else 'is over'}"


def history_text(events: list[dict[str, Any]], utc_offset_min: int) -> Iterator[str]:
    """events: of the control socket's `alarm-history`, the newest first."""
    for event in events:
        at = local_time(event["t"], utc_offset_min, "%m-%d %H:%M:%S") + ("" if event["trusted"] else "?")
        yield from folded(f"{at} {_told(event, utc_offset_min)}").splitlines()
    if not events:
        yield "no alarm has been told of"


def _told(event: Mapping[str, Any], offset_min: int) -> str:
    if event["kind"] == "alarm-load":
        about = f"{event['rule']} " if "rule" in event else ""
        return f"{about}{event['what']} {event['state']}: {event['detail']}"
    if "by" in event:
        until = _at(" until", event.get("until"), offset_min)
        return f"{event['rule']} {event['cause']}{until}" + (f": {event['why']}" if "why" in event else "")
    value = "" if event["value"] is None else f" ({event['value']:g} {event['unit']})"
    return f"{event['rule']} {event['transition']}: {event['cause']}{value}"


def _at(word: str, t: int | None, offset_min: int) -> str:
    return "" if t is None else f"{word} {local_time(t, offset_min, MOMENT)}"
