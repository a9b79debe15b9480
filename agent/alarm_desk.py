"""What people ask of the alarms through the control socket, and what is kept beside the judge for them."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from agent import load_watch, marking
from agent.heartbeat import JOURNAL_PAUSE_S, PAUSE_MIN_S
from agent.judge import state_key
from agent.load_watch import LoadWatch
from agent.marking import Marking
from agent.request_text import request_text
from agent.saved_state import load_state
from agent.status import alarm_rows
from store.errors import DamagedBatch, JournalError

if TYPE_CHECKING:
    from agent.config.model import StationFile
    from agent.control import Operation
    from agent.device_records import DeviceRecords
    from agent.heartbeat import Heartbeat
    from agent.judge import Judge
    from store.journal import Journal
    from store.recorder import Recorder
    from store.rows import Event

__all__ = ["AlarmDesk"]

ORIGIN = "control socket"
HISTORY, HISTORY_MOST = 50, 500  # events
STRETCH = 50_000  # numbers of one look for them
LOOKS = 200


class AlarmDesk:
    """fault: told (what, state, detail) of state that cannot be read."""

    def __init__(
        self,
        station: "StationFile",
        *,
        judge: "Judge",
        recorder: "Recorder",
        records: "DeviceRecords",
        fault: Callable[[str, str, str], None],
    ) -> None:
        self._judge, self._recorder, self._records, self._fault = judge, recorder, records, fault
        self.load = LoadWatch(judge)
        areas = {instrument.id: instrument.area for instrument in station.instruments}
        channels = {limit.alarm.id: limit.channels for limit in judge.limits}

        def about(rule: str) -> dict[str, object]:
            of = channels.get(rule, ("",))  # "": the station file has no such rule any more
            area = areas.get(of[0].partition(".")[0])
            more = ({"channels": list(of)} if len(of) > 1 else {}) | ({"area": area} if area else {})
            return {"channel": of[0], **more}

        self.marking = Marking(recorder, judge, about, station.journal.max_mb * 1_000_000)
        judge.watchers += [self.load.watch, self.marking.watch]

    async def begin(self) -> None:
        """Take up where the last run left off; before any reading."""
        rules = [limit.alarm.id for limit in self._judge.limits]
        keys = [load_watch.STATE_KEY, marking.STATE_KEY, *map(state_key, rules)]
        load, windows, *states = await self._recorder.ask(
            lambda journal: [load_state(journal, key) for key in keys]
        )
        self._judge.restore(dict(zip(rules, states, strict=True)))
        now = self._judge.now()
        try:
            self.load.restore(load, now)
        except ValueError as error:
            self._fault("alarm load", "reset", str(error))
        try:
            self.marking.restore(windows, now, self._recorder.last_seq)
        except ValueError as error:
            self._fault("raw windows", "reset", str(error))

    def start(self, start: Callable[[str, Callable[[], Awaitable[None]]], None], heart: "Heartbeat") -> None:
        """What goes on beside the judge: start(name, task) runs it, and its heart is watched."""
        self.load.beat = heart.watch("alarm load", PAUSE_MIN_S)
        self.marking.beat = heart.watch("raw windows", JOURNAL_PAUSE_S)
        start("alarm load", self.load.run)
        start("raw windows", self.marking.run)

    def operations(self) -> "dict[str, Operation]":
        """For the control socket."""
        return {
            "alarms": self._alarms,
            "alarm-history": self._history,
            "acknowledge": self._acknowledge,
            "reset": partial(self._act, self._judge.reset),
            "shelve": self._shelve,
            "unshelve": partial(self._act, self._judge.unshelve),
            "remove": self._remove,
            "put-back": partial(self._act, self._judge.put_back),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Every alarm, for `status`."""
        load = self.load.load
        return [
            {**row, "chatter": load.chatter.get(row["rule"], 0), "stale": row["rule"] in load.stale}
            for row in alarm_rows(self._judge.limits, self._judge.latest, self._judge.now())
        ]

    async def _alarms(self, request: Mapping[str, Any]) -> dict[str, Any]:
        now = self._judge.now()
        return {"utc": now.t, "alarms": self.rows(), "flood": self.load.load.flood}

    async def _act(
        self, act: Callable[[str, str, str], Awaitable[str]], request: Mapping[str, Any]
    ) -> dict[str, Any]:
        rule, by = request_text(request, "rule"), request_text(request, "by")
        return {"rule": rule, "state": await act(rule, by, ORIGIN)}

    async def _acknowledge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        done = await self._act(self._judge.acknowledge, request)
        await self._records.add("acknowledgements", done["rule"], {"by": request["by"], "origin": ORIGIN})
        return done

    async def _shelve(self, request: Mapping[str, Any]) -> dict[str, Any]:
        for_ms = request.get("for_ms")
        if for_ms is not None and type(for_ms) is not int:
            raise ValueError(f"shelve: `for_ms` is a whole number, not {for_ms!r}")
        rule, by, why = (request_text(request, key) for key in ("rule", "by", "why"))
        state = await self._judge.shelve(rule, by, ORIGIN, why, for_ms)
        row = next(row for row in self.rows() if row["rule"] == rule)
        return {"rule": rule, "state": state, "until": row["until"]}

    async def _remove(self, request: Mapping[str, Any]) -> dict[str, Any]:
        rule, by, why = (request_text(request, key) for key in ("rule", "by", "why"))
        return {"rule": rule, "state": await self._judge.remove(rule, by, ORIGIN, why)}

    async def _history(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The latest events of alarms, the newest first; of one rule where `rule` says so."""
        count, rule = request.get("count", HISTORY), request.get("rule")
        if type(count) is not int or not 1 <= count <= HISTORY_MOST:
            raise ValueError(f"alarm history: `count` is within 1..{HISTORY_MOST}")
        last, found = self._recorder.last_seq, list[dict[str, Any]]()
        for _ in range(LOOKS):
            if last < 1 or len(found) >= count:
                break
            first = max(1, last - STRETCH + 1)
            rows = await self._events(first, last)
            found += [
                {"seq": seq, "t": event.t, "trusted": event.trusted, "kind": event.kind, **event.body}
                for seq, event in reversed(rows)
                if event.kind in ("alarm", "alarm-load") and rule in (None, event.body.get("rule"))
            ]
            last = first - 1
        return {"events": found[:count]}

    async def _events(self, first: int, last: int) -> "list[tuple[int, Event]]":
        """All of that range; what is damaged is left out."""
        found: list[tuple[int, Event]] = []
        while first <= last:
            try:
                rows = await self._recorder.ask(partial(_events, first=first, last=last))
            except DamagedBatch as damage:
                first = max(first, damage.last) + 1
                continue
            except JournalError as error:
                raise ValueError(str(error)) from error
            if not rows:
                break
            found += rows
            first = rows[-1][0] + 1
        return found


def _events(journal: "Journal", first: int, last: int) -> "list[tuple[int, Event]]":
    """On the journal's thread."""
    return [(seq, event) for seq, _, event in journal.events(first, last, 500)]
