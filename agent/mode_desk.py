"""Maintenance and calibration as people declare them: each is an event on disk, with who, when and why,
before anybody is told, and a state that a kill does not end.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.pipeline.modes import CALIBRATION, KINDS, MAINTENANCE, Mode
from agent.request_text import request_text
from agent.saved_state import load_state

if TYPE_CHECKING:
    from agent.config.model import StationFile
    from agent.control import Operation
    from agent.judge import Judge
    from hal.clock import Clock
    from store.recorder import Recorder

__all__ = ["ModeDesk"]

log = logging.getLogger("fenceline")

STATE = "modes"  # under which it stands in the journal


class ModeDesk:
    """The modes of the running agent. fault: told (what, state, detail)."""

    def __init__(
        self,
        station: "StationFile",
        *,
        judge: "Judge",
        recorder: "Recorder",
        clock: "Clock",
        fault: Callable[[str, str, str], None],
    ) -> None:
        self._station, self._modes = station, judge.pipeline.modes
        self._judge, self._recorder, self._clock, self._fault = judge, recorder, clock, fault

    async def begin(self) -> None:
        """Take up where the last run left off; what is no state is reported."""
        saved = await self._recorder.ask(lambda journal: load_state(journal, STATE))
        if saved is None:
            return
        try:
            self._modes.restore(saved, self._clock.utc_ms(), self._mono_ms())
        except ValueError as error:
            self._fault(STATE, "reset", str(error))

    async def look(self) -> None:
        """Tell what has run out."""
        for mode in self._modes.expired(self._clock.utc_ms(), self._mono_ms()):
            log.warning("instrument %s: %s has run out", mode.instrument, mode.kind)
            await self._tell(mode, "expired")

    def operations(self) -> "dict[str, Operation]":
        """For the control socket."""
        return {"mode": self._change}

    async def _change(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`mode`: an instrument's, on or off; on disk when this returns. Raises ValueError."""
        kind, state = request_text(request, "mode"), request_text(request, "state")
        if kind not in KINDS or state not in ("on", "off"):
            raise ValueError(f"`mode` is one of {', '.join(KINDS)}, `state` is on or off")
        instrument, by = request_text(request, "instrument"), request_text(request, "by")
        if state == "off":
            return await self._end(instrument, kind, by)
        why = request_text(request, "why") if kind == MAINTENANCE or request.get("why") else ""
        return await self._begin(instrument, kind, by, why, request.get("for_ms"))

    async def _begin(self, instrument: str, kind: str, by: str, why: str, for_ms: object) -> dict[str, Any]:
        known = [each.id for each in self._station.instruments]
        if instrument not in known:
            raise ValueError(f"there is no instrument {instrument!r}: there are {', '.join(known) or 'none'}")
        lasts_ms = KINDS[kind].default_ms if for_ms is None else for_ms
        most_ms = KINDS[kind].max_ms
        if not isinstance(lasts_ms, int) or not 1000 <= lasts_ms <= most_ms:
            most = f"{most_ms // 3_600_000} h"
            raise ValueError(f"{kind} lasts from 1 s to {most}; whoever needs longer switches it on anew")
        now = self._clock.utc_ms()
        mode = Mode(instrument, kind, now, now + lasts_ms, by, why)
        self._modes.begin(mode, self._mono_ms())
        await self._tell(mode, "on")
        return self._row(mode, lasts_ms)

    async def _end(self, instrument: str, kind: str, by: str) -> dict[str, Any]:
        mode = self._modes.end(instrument, kind, self._clock.utc_ms())
        if mode is None:
            raise ValueError(f"{instrument} is not in {kind}")
        await self._tell(mode, "off", by)
        recovery_ms = self._modes.recovery_ms(instrument) if kind == CALIBRATION else 0
        return {**self._row(mode, 0), "recovery_s": recovery_ms // 1000}

    def rows(self) -> list[dict[str, Any]]:
        """What runs now, for `status`."""
        return [self._row(mode, left_ms) for mode, left_ms in self._modes.running(self._mono_ms())]

    @staticmethod
    def _row(mode: Mode, left_ms: int) -> dict[str, Any]:
        return {**_body(mode), "left_s": round(left_ms / 1000)}

    async def _tell(self, mode: Mode, state: str, by: str | None = None) -> None:
        body = {**_body(mode), "state": state}
        if by is not None:
            body["ended_by"] = by
        await self._judge.announce("mode", body, {STATE: self._modes.snapshot(self._clock.utc_ms())})

    def _mono_ms(self) -> int:
        return round(self._clock.monotonic() * 1000)


def _body(mode: Mode) -> dict[str, Any]:
    return {
        "instrument": mode.instrument,
        "mode": mode.kind,
        "since": mode.since,
        "until": mode.until,
        "by": mode.by,
        "why": mode.why,
    }
