"""What was truly said, what was kept, what arrived: held against each other."""

import json
import statistics
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from typing import Any, NamedTuple

from store.rows import Reading

__all__ = ["Alarm", "Ledger"]

STALE_MS = 5000  # a reading carries what its instrument said at most this long before
EARLY_MS = 20  # two processes' clocks of one machine, rounded to milliseconds
TAIL_MS = 1000  # what was on the wire when the agent was told to stop


class Alarm(NamedTuple):
    """An alarm event as it arrived. latency_ms: since the last byte of the answer behind it."""

    rule: str
    channel: str
    transition: str
    value: float | None
    arrived_ms: int
    t: int


class Ledger:
    """Not thread-safe by itself: each list is appended to by one thread and read at the end.

    clearing: questions (hex) that a line asks for its own sake; their answers are no readings.
    """

    def __init__(self, clearing: Container[str] = ()) -> None:
        self._clearing = clearing
        self.said: dict[str, list[tuple[int, float | None]]] = {}  # channel: (t, value) in order
        self.delivered: dict[tuple[str, int], tuple[int, str, float | None]] = {}
        self.duplicates = 0
        self.events: set[tuple[str, int]] = set()
        self.alarms: dict[str, Alarm] = {}
        self.first_reading_ms: int | None = None
        self.strange: list[str] = []  # messages that are not of the contract

    def add_truth(self, line: str) -> None:
        """One line of the emulator's log; only whole answers said anything."""
        entry = json.loads(line)
        whole = entry["fault"] in (None, "late", "noise", "long", "twice")
        if not whole or entry["request"] in self._clearing:
            return
        for channel, value in entry["values"].items():
            self.said.setdefault(f"{entry['instrument']}.{channel}", []).append((entry["t"], value))

    def add_message(self, topic: str, payload: bytes, arrived_ms: int) -> None:
        """One message of the station. What it is not is kept in `strange`."""
        kind = topic.rsplit("/", 1)[-1]
        try:
            message = json.loads(payload)
            if kind == "readings":
                self._add_readings(message, arrived_ms)
            elif kind == "events":
                self._add_events(message, arrived_ms)
        except (ValueError, KeyError, TypeError) as error:
            self.strange.append(f"{topic}: {type(error).__name__} {error}")

    def _add_readings(self, message: Mapping[str, Any], arrived_ms: int) -> None:
        if self.first_reading_ms is None:
            self.first_reading_ms = arrived_ms
        for reading in message["readings"]:
            key = (message["log"], reading["seq"])
            if key in self.delivered:
                self.duplicates += 1
            else:
                self.delivered[key] = (reading["t"], reading["ch"], reading["v"])

    def _add_events(self, message: Mapping[str, Any], arrived_ms: int) -> None:
        for event in message["events"]:
            if event["durable"]:
                self.events.add((message["log"], event["seq"]))
            if event["kind"] == "alarm" and event["id"] not in self.alarms:
                self.alarms[event["id"]] = Alarm(
                    event["rule"],
                    event["channel"],
                    event["transition"],
                    event["value"],
                    arrived_ms,
                    event["t"],
                )

    def spoken_before(self, channel: str, t: int) -> tuple[int, float | None] | None:
        """(t, value) of what the instrument said last on this channel at UTC ms t."""
        before = [entry for entry in self.said.get(channel, ()) if t - STALE_MS <= entry[0] <= t + EARLY_MS]
        return before[-1] if before else None

    def wrong(self) -> list[str]:
        """Each delivered value that is not what the instrument said at that moment."""
        found = []
        last = dict.fromkeys(self.said, -1)  # which was said last, by channel
        for t, channel, value in sorted(self.delivered.values(), key=lambda row: row[0]):
            if value is None:
                continue
            entries, at = self.said.get(channel, []), last.get(channel, -1)
            while at + 1 < len(entries) and entries[at + 1][0] <= t:
                at += 1
            last[channel] = at
            behind = at + 1  # the clocks may differ: what was said a moment later may be it, too
            while behind < len(entries) and entries[behind][0] <= t + EARLY_MS:
                behind += 1
            meant = [entry for entry in entries[max(at, 0) : behind] if entry[0] >= t - STALE_MS]
            if not any(_same(value, truth) for _, truth in meant):
                found.append(f"{channel} at {t}: delivered {value}, said {meant[-1] if meant else None}")
        return found

    def lost(
        self,
        journalled: Iterable[tuple[str, int, Reading]],
        until_ms: int,
        events: Iterable[tuple[str, int, str]] = (),
    ) -> list[str]:
        """What was said by until_ms and not journalled, and what was journalled and never came.

        events: (log, seq, kind) of the journal's events.
        """
        rows = list(journalled)
        missing = [f"{log} {seq}: {kind} event" for log, seq, kind in events if (log, seq) not in self.events]
        found = [
            f"{log} {seq}: {row.channel} at {row.t} journalled, not delivered"
            for log, seq, row in rows
            if (log, seq) not in self.delivered
        ]
        found += [f"{event} journalled, not delivered" for event in missing]
        kept = Counter(row.channel for _, _, row in rows if row.value is not None)
        for channel, entries in self.said.items():
            spoken = sum(1 for t, value in entries if t <= until_ms - TAIL_MS and value is not None)
            if kept[channel] < spoken:
                found.append(f"{channel}: said {spoken} times, journalled {kept[channel]} times")
        return found

    def alarm_latencies_ms(self) -> list[int]:
        """From the last byte of the answer that raised it, as the emulator saw it, to the subscriber."""
        latencies = []
        for alarm in self.alarms.values():
            spoken = self.spoken_before(alarm.channel, alarm.t)
            if alarm.transition == "raised" and spoken is not None:
                latencies.append(alarm.arrived_ms - spoken[0])
        return latencies

    def summary(
        self,
        journalled: list[tuple[str, int, Reading]],
        events: list[tuple[str, int, str]],
        started_ms: int,
        until_ms: int,
    ) -> dict[str, Any]:
        latencies = self.alarm_latencies_ms()
        transitions = Counter(alarm.transition for alarm in self.alarms.values())
        lost, wrong = self.lost(journalled, until_ms, events), self.wrong()
        first = self.first_reading_ms
        return {
            "polled": sum(len(entries) for entries in self.said.values()),
            "journalled": len(journalled),
            "delivered": len(self.delivered),
            "duplicates": self.duplicates,
            "lost": len(lost),
            "wrong": len(wrong),
            "alarms_raised": transitions["raised"],
            "alarms_cleared": transitions["returned"] + transitions["cleared"],
            "alarm_latency_ms": {
                "median": statistics.median(latencies) if latencies else None,
                "max": max(latencies, default=None),
            },
            "first_delivery_s": None if first is None else round((first - started_ms) / 1000, 2),
            "details": [*lost[:5], *wrong[:5], *self.strange[:5]],
        }


def _same(delivered: float, said: float | None) -> bool:
    """Equal but for the rounding of a 32-bit float on the way."""
    return said is not None and abs(delivered - said) <= 1e-6 * max(1.0, abs(said))
