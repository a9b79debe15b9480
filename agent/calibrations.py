"""Calibrations of the running agent: each is a record on disk before anybody is told, and decides whether its
channel is in control. A kill, a lost file of records and a lost journal each leave enough to know that.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.calibration import NUMBERS, assess
from agent.config.quality_model import CalibrationSettings
from agent.device_records import RECORDS_FILE
from agent.pipeline.out_of_control import OVERDUE
from agent.request_text import request_text
from agent.saved_state import load_state
from store.errors import StoreError
from store.records import read_only

if TYPE_CHECKING:
    from agent.config.model import StationFile
    from agent.control import Operation
    from agent.device_records import DeviceRecords
    from agent.judge import Judge
    from hal.clock import Clock
    from store.recorder import Recorder

__all__ = ["Calibrations"]

log = logging.getLogger("fenceline")

STATE = "calibrations"  # under which it stands in the journal
KIND = "calibrations"  # of its records

# Of a channel: t of its last calibration and good_t of its last good one, UTC ms or None; what the last one
# found over its limit; due_from: the moment that the next is due from, None as long as UTC is not trusted;
# overdue: whether it was when UTC was last trusted; what was told last.
State = dict[str, Any]
FRESH: State = {"t": None, "good_t": None, "over": [], "due_from": None, "overdue": False, "told": []}
LARGEST = 1e100  # beyond it is no reading of a gas


class Calibrations:
    """fault: told (what, state, detail) of state that cannot be read."""

    def __init__(
        self,
        station: "StationFile",
        *,
        judge: "Judge",
        recorder: "Recorder",
        records: "DeviceRecords",
        clock: "Clock",
        fault: Callable[[str, str, str], None],
    ) -> None:
        self._settings = {each.channel: each for each in station.calibrations}
        self._measured = {channel.id: channel.unit for channel in station.channels}
        for derived in station.conversions:
            self._measured.pop(derived.id, None)
        self._records_path = station.data_dir / RECORDS_FILE
        self._control = judge.pipeline.out_of_control
        self._judge, self._recorder = judge, recorder
        self._records, self._clock, self._fault = records, clock, fault
        self._states: dict[str, State] = {}

    async def begin(self) -> None:
        """Take up where the last run left off; what is no state is reported."""
        saved = await self._recorder.ask(lambda journal: load_state(journal, STATE))
        try:
            self._states = _states(saved) if saved is not None else self._of_the_records()
        except ValueError as error:
            self._fault(STATE, "reset", str(error))
            self._states = self._of_the_records()
        for channel in self._settings:
            self._state_of(channel)
            self._know(channel)

    def _of_the_records(self) -> dict[str, State]:
        """Where the journal has no state: it is new, or was lost."""
        try:
            rows = read_only(self._records_path).get(KIND, [])
        except StoreError:  # the records report it themselves
            return {}
        states: dict[str, State] = {}
        for row in rows:  # in the order in which they came
            t, over, channel = row.get("t"), row.get("over"), row.get("id")
            if isinstance(t, int) and isinstance(over, list) and isinstance(channel, str):
                state = states.setdefault(channel, FRESH | {"due_from": t})
                state.update(t=t, over=[str(each) for each in over])
                if not over:
                    state.update(good_t=t, due_from=t)
        return states

    def _state_of(self, channel: str) -> State:
        return self._states.setdefault(channel, dict(FRESH))

    def _know(self, channel: str) -> None:
        """What the pipeline is to know of the channel."""
        state, settings = self._states[channel], self._settings[channel]
        self._control.put(channel, state["over"], _due(state, settings), was_overdue=state["overdue"])

    async def look(self) -> None:
        """Tell what has come into or out of control."""
        self._date()
        for channel in self._settings:
            state, causes = self._states[channel], list(self._causes(channel))
            if causes == state["told"]:
                continue
            state.update(told=causes, overdue=OVERDUE in causes)
            self._know(channel)
            said = "out of control" if causes else "in control"
            log.warning("channel %s is %s%s", channel, said, f": {', '.join(causes)}" if causes else "")
            body = {"channel": channel, "state": said, "causes": causes, "last_good": state["good_t"]}
            await self._judge.announce("control", body, self._kept())

    def _date(self) -> None:
        """What was never dated is due from the first moment that UTC can be trusted: never from 1970.

        It is kept: with every start it would begin anew.
        """
        undated = [name for name in self._settings if self._states[name]["due_from"] is None]
        if undated and self._clock.utc_trusted():
            for channel in undated:
                self._states[channel]["due_from"] = self._clock.utc_ms()
                self._know(channel)
            self._recorder.put_state(STATE, self._kept()[STATE])

    def _causes(self, channel: str) -> tuple[str, ...]:
        return self._control.causes(channel, self._clock.utc_ms(), self._clock.utc_trusted())

    def _kept(self) -> dict[str, object]:
        return {STATE: {channel: dict(state) for channel, state in self._states.items()}}

    def operations(self) -> "dict[str, Operation]":
        """For the control socket."""
        return {"calibrate": self._add, "calibrations": self._report}

    async def _add(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`calibrate`: one calibration; on disk when this returns. Raises ValueError."""
        channel, by = request_text(request, "channel"), request_text(request, "by")
        cylinder = None if request.get("cylinder") is None else request_text(request, "cylinder")
        if channel not in self._measured:
            known = ", ".join(self._measured) or "none"
            raise ValueError(f"there is no measured channel {channel!r}: there are {known}")
        settings = self._settings.get(channel) or CalibrationSettings(channel, self._measured[channel])
        found = assess(settings, _numbers(request))
        t = self._clock.utc_ms()
        more = {
            "recovery_s": settings.recovery_ms // 1000,
            "limits_of": settings.source,
            "by": by,
            "cylinder": cylinder,
        }
        facts = {
            "t": t,
            **found.facts,
            "over": list(found.over),
            **{name: value for name, value in more.items() if value},
        }
        kept = None
        if channel in self._settings:
            state = self._state_of(channel)
            state.update(t=t, over=list(found.over))
            if not found.over:
                state.update(good_t=t, due_from=t if self._clock.utc_trusted() else None)
            self._know(channel)
            kept = self._kept()
        await self._records.add(KIND, channel, facts, kept)
        await self.look()
        return {"channel": channel, **facts, "causes": list(self._causes(channel))}

    async def _report(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`calibrations`: where each channel of a [[calibration]] stands."""
        return [
            {
                "channel": channel,
                "causes": list(self._causes(channel)),
                "last": self._states[channel]["t"],
                "last_good": self._states[channel]["good_t"],
                "due": _due(self._states[channel], settings),
                "now": self._clock.utc_ms(),
            }
            for channel, settings in self._settings.items()
        ]


def _due(state: State, settings: CalibrationSettings) -> int | None:
    """When the next good calibration is overdue; None where that is not known or not asked for."""
    due_from: int | None = state["due_from"]
    return None if settings.every_ms is None or due_from is None else due_from + settings.every_ms


def _numbers(request: Mapping[str, Any]) -> dict[str, float]:
    numbers = {}
    for name in NUMBERS:
        value = request.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
            raise ValueError(f"{name}: {value!r:.40} is no number")
        numbers[name] = float(value)
    return numbers


def _states(saved: object) -> dict[str, State]:
    """Raises ValueError for what is none."""
    if not isinstance(saved, dict) or not all(_is_state(state) for state in saved.values()):
        raise ValueError(f"{saved!r} is no saved state")
    return {str(channel): dict(state) for channel, state in saved.items()}


def _is_state(state: object) -> bool:
    return (
        isinstance(state, dict)
        and all(isinstance(state.get(key), int | None) for key in ("t", "good_t", "due_from"))
        and isinstance(state.get("overdue"), bool)
        and all(
            isinstance(state.get(key), list) and all(isinstance(each, str) for each in state[key])
            for key in ("over", "told")
        )
    )
