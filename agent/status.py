"""What the running agent says of itself: the answer to `status`, plain JSON-able data."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hal.clock import Clock
from hal.doubt import AddressState
from hal.line import Line
from hal.serial_port import SerialPort
from store.rows import Reading

if TYPE_CHECKING:
    from agent.config.model import ChannelSettings, StationFile
    from agent.pipeline.instant import Instant
    from agent.pipeline.life import Life
    from agent.pipeline.limit import Limit
    from agent.plan import LinePlan
    from agent.polling import Poller

__all__ = ["LoadMeter", "alarm_rows", "instrument_rows", "line_rows"]

WINDOW_S = 10.0


class LoadMeter:
    """Share of the time (0..1) for which a line was busy, over the last 10 to 20 seconds."""

    def __init__(self, now: float) -> None:
        self._marks = [(now, 0.0), (now, 0.0)]

    def read(self, now: float, busy_ms: float) -> float:
        """Call it at least every few seconds; busy_ms: the line's running total."""
        if now - self._marks[1][0] >= WINDOW_S:
            self._marks = [self._marks[1], (now, busy_ms)]
        since, busy_then = self._marks[0]
        return min(1.0, (busy_ms - busy_then) / 1000 / (now - since)) if now > since else 0.0


def line_rows(
    lines: Iterable[Line], meters: dict[str, LoadMeter], plans: "dict[str, LinePlan]", now: float
) -> list[dict[str, Any]]:
    """plans: by line id."""
    return [
        {
            "id": line.id,
            "port": line.port.name,
            "open": line.is_open,
            "trouble": line.trouble or None,
            **_device(line),
            "load": round(meters[line.id].read(now, line.core.busy_ms), 4),
            "busy_ms": round(line.core.busy_ms),
            "bytes_out": line.core.bytes_out,
            "bytes_in": line.core.bytes_in,
            "noise_bytes": line.core.noise_bytes,
            "foreign_frames": line.core.foreign.frames,
            "second_master": ", ".join(line.core.foreign.seen) if line.core.foreign.active else None,
            "echo": {"set": line.core.echo.expected, "heard": line.core.echo.heard},
            "errors": _totals(line.core.addresses.values()),
            "plan": _planned(plans[line.id]),
        }
        for line in lines
    ]


def _device(line: Line) -> dict[str, Any]:
    """What only a serial device has; None of a port of another kind."""
    port = line.port
    if not isinstance(port, SerialPort):
        return {"device": None, "low_latency": None, "parity_errors": None, "breaks": None}
    return {
        "device": port.device if line.is_open else None,
        "low_latency": port.low_latency,
        "parity_errors": port.marks.parity_errors,
        "breaks": port.marks.breaks,
    }


def _planned(plan: "LinePlan") -> dict[str, Any]:
    """What `fenceline plan` says of the line, to be held against what is measured."""
    return {
        "cycle_ms": round(plan.cycle_ms, 1),
        "dead_cycle_ms": round(plan.dead_cycle_ms, 1),
        "load": round(plan.load, 4),
        "feasible": not plan.unmet,
    }


def _totals(states: Iterable[AddressState]) -> dict[str, int]:
    states = list(states)
    return {
        "asked": sum(state.asked for state in states),
        "answered": sum(state.answered for state in states),
        "silent": sum(state.silent for state in states),
        "late": sum(state.late for state in states),
        "retried": sum(state.retried for state in states),
        "damaged": sum(sum(state.wire_errors.values()) for state in states),
        "refused": sum(sum(state.refusals.values()) for state in states),
    }


def instrument_rows(
    station: "StationFile",
    pollers: Iterable["Poller"],
    latest: Mapping[str, Reading],
    plans: Iterable["LinePlan"],
    clock: Clock,
) -> list[dict[str, Any]]:
    planned_ms = {poll.id: round(poll.latency_ms, 1) for plan in plans for poll in plan.polls}
    now_ms = round(clock.monotonic() * 1000)
    return [
        {
            "id": poller.settings.id,
            "line": poller.settings.line,
            "address": poller.settings.address,
            "driver": poller.settings.driver,
            "area": poller.settings.area,
            "baud": poller.settings.baud,
            "framing": poller.settings.framing,
            "dead": poller.state.dead,
            "trouble": poller.trouble or None,
            "polls": poller.polls,
            "good": poller.good,
            "skipped": poller.skipped,
            "latency_ms": None if poller.state.latency_ms is None else round(poller.state.latency_ms, 1),
            "planned_latency_ms": planned_ms[poller.settings.id],
            "wire_errors": poller.state.wire_errors,
            "owed": len(poller.state.debts),
            "quiet_ms": round(poller.state.quiet_ms),
            "cleared_by_probe": poller.state.clearing is not None,
            "refusals": {str(code): count for code, count in poller.state.refusals.items()},
            **_totals([poller.state]),
            "channels": [
                _channel(channel, latest.get(channel.id), now_ms)
                for channel in station.channels_of(poller.settings.id)
            ],
        }
        for poller in pollers
    ]


def _channel(channel: "ChannelSettings", reading: Reading | None, now_ms: int) -> dict[str, Any]:
    """age_s: since the instrument said this, or was asked in vain."""
    row: dict[str, Any] = {"channel": channel.name, "unit": channel.unit}
    if reading is None:
        return row | {"value": None, "flag": None, "age_s": None, "conditions": []}
    return row | {
        "value": reading.value,
        "flag": reading.flag,
        "age_s": round((now_ms - reading.mono) / 1000, 1),
        "conditions": list(reading.conditions),
    }


def alarm_rows(
    limits: Iterable["Limit"], latest: Mapping[str, Reading], now: "Instant"
) -> list[dict[str, Any]]:
    """since: UTC ms of the last transition; active: since when the condition stands and people are told;
    until: when the shelf ends; value, flag: of the channel's last reading;
    held: the number that was last held against the limit."""
    return [
        {
            "rule": limit.alarm.id,
            "channel": limit.channel,
            "kind": limit.kind,
            "on": limit.on,
            "condition": limit.words,
            "level": limit.level,
            "limit": limit.condition.limit,
            "held": limit.seen and limit.seen.value,
            "unit": limit.unit,
            "latching": limit.alarm.life.latching,
            "state": limit.alarm.state,
            "since": limit.alarm.life.changed_t,
            "stands": limit.alarm.life.stands,
            "active": limit.alarm.life.active and limit.alarm.life.active[0],
            **_seen(latest.get(limit.channel)),
            **_deeds(limit.alarm.life, now),
        }
        for limit in limits
    ]


def _seen(reading: Reading | None) -> dict[str, Any]:
    return {"value": reading and reading.value, "flag": reading and reading.flag}


def _deeds(life: "Life", now: "Instant") -> dict[str, Any]:
    """What people and logic did with an alarm."""
    noted, quiet = life.noted, life.quiet
    ends = None if quiet is None else quiet.ends_mono()
    return {
        "acknowledged": noted and {"t": noted[0], **noted[1].body()},
        "quiet": quiet and quiet.deed.body(),
        "until": None if ends is None else now.t + ends - now.mono,
    }
