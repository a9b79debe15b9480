"""What a bench says of an instrument's behaviour: the figures of its table, and what happens when.

They are the bench engineer's own figures, no claim about any maker's instrument.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hardware_sim.instrument import Instrument, Show
from hardware_sim.tables import BenchError, Table

__all__ = [
    "CALIBRATIONS",
    "DEEDS",
    "NO_SPAN_GAS",
    "POWER_OFF",
    "Behaviour",
    "Event",
    "read_behaviour",
    "read_events",
]

POWER_OFF, NO_SPAN_GAS = "power off", "no span gas"
CALIBRATIONS = ("zero", "span", "calibrate")
DEEDS = (POWER_OFF, NO_SPAN_GAS, *CALIBRATIONS)


@dataclass(frozen=True)
class Behaviour:
    """warm_up_s: None: as long as the emulator takes by itself. t90_s: until 90 % of a step is shown.

    noise: standard deviation, in the channel's unit; noise_of: by channel, where it is another.
    zero_drift: in the channel's unit a day; span_drift: as a share of the value a day.
    calibration_s: of a zero or a span. span_gas: what the cylinder holds, for every channel or by
    channel; None: there is none. floor: what lies below it is shown as 0; top: what lies above it
    is shown as this. channels: which it holds for; None: all but directions.
    """

    warm_up_s: float | None = None
    t90_s: float = 0.0
    noise: float = 0.0
    noise_of: Mapping[str, float] | None = None
    zero_drift: float = 0.0
    span_drift: float = 0.0
    calibration_s: float = 60.0
    span_gas: float | Mapping[str, float] | None = None
    floor: float = -math.inf
    top: float = math.inf
    channels: tuple[str, ...] | None = None

    def noise_on(self, channel: str) -> float:
        return (self.noise_of or {}).get(channel, self.noise)

    def span_gas_for(self, channel: str) -> float | None:
        """What the span gas holds of this channel's; None where there is no such gas."""
        if isinstance(self.span_gas, Mapping):
            return self.span_gas.get(channel)
        return self.span_gas


@dataclass(frozen=True)
class Event:
    """From at_s until until_s, in seconds since the bench's start: a condition that the instrument
    shows (`what`), or something that is done to it (`do`, one of DEEDS)."""

    at_s: float
    until_s: float = math.inf
    what: str = ""
    do: str = ""

    def holds(self, elapsed_s: float) -> bool:
        return self.at_s <= elapsed_s < self.until_s


def read_behaviour(table: Table, made: Instrument, noise_of: Mapping[str, float]) -> Behaviour:
    """made: the instrument. Raises BenchError."""
    values = made.values()
    warm_up = table.get("warm_up_s", None)
    channels = table.rows("channels") or None
    for name in channels or ():
        if name not in values:
            raise table.wrong("channels", f"{name!r} is no value of it", f"it has {_listed(values)}")
    span_gas = table.get("span_gas", None)
    if isinstance(span_gas, Mapping):
        gas = table.table("span_gas")
        for name in gas.row:
            if name not in values:
                raise gas.wrong(name, "no value of it", f"it has {_listed(values)}")
            gas.number(name)
    elif span_gas is not None:
        span_gas = table.number("span_gas")
    found = Behaviour(
        warm_up_s=None if warm_up is None else table.number("warm_up_s", low=0),
        t90_s=table.number("t90_s", 0.0, 0),
        noise=table.number("noise", 0.0, 0),
        noise_of=noise_of,
        zero_drift=table.number("zero_drift", 0.0),
        span_drift=table.number("span_drift", 0.0),
        calibration_s=table.number("calibration_s", 60.0, 1.0),
        span_gas=span_gas,
        floor=_or(table, "floor", -math.inf),
        top=_or(table, "top", math.inf),
        channels=None if channels is None else tuple(channels),
    )
    table.close()
    if found.floor > found.top:
        raise table.wrong("floor", f"{found.floor:g} lies above the top, {found.top:g}")
    return found


def _or(table: Table, key: str, default: float) -> float:
    return default if table.get(key, None) is None else table.number(key)


def read_events(rows: list[object], where: str, shows: Collection[Show]) -> list[Event]:
    """shows: what the instrument can show. Raises BenchError."""
    conditions = {show.condition for show in shows}
    events = []
    for at, row in enumerate(rows):
        table = Table(row, f"{where}[{at}]")
        what, do = table.get("what", ""), table.get("do", "")
        if bool(what) == bool(do):
            raise BenchError(table.where, "needs either `what` it shows or what one is to `do` with it")
        if what and what not in conditions:
            hint = f"it can show {_listed(conditions)}" if conditions else "its protocol shows none"
            raise table.wrong("what", f"{what!r} is no condition that this instrument can show", hint)
        if do and do not in DEEDS:
            raise table.wrong("do", f"{do!r} cannot be done", f"one of {_listed(DEEDS)}")
        at_s = table.number("at_s", 0.0, 0)
        for_s = table.get("for_s", None)
        if for_s is not None and do in CALIBRATIONS:
            raise table.wrong("for_s", f"a {do} takes as long as behaviour's calibration", "leave it out")
        until_s = math.inf if for_s is None else at_s + table.number("for_s", low=0)
        table.close()
        events.append(Event(at_s, until_s, what, do))
    return sorted(events, key=lambda event: event.at_s)


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
