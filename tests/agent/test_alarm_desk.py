"""What people ask of alarms through the control socket, and what is kept beside the judge over a kill."""

import asyncio
import contextlib
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import load_watch, marking
from agent.alarm_desk import AlarmDesk
from agent.alarms import STATES
from store.rows import Event
from tests.agent.judge_rig import desk

__all__ = ["desk"]

HOUR_MS = 3_600_000


class Counter:
    """An alarm desk over a judge; records and faults as they were told."""

    def __init__(self, judging):
        self.judging, self.records, self.faults = judging, [], []
        self.desk = AlarmDesk(
            SimpleNamespace(
                instruments=[SimpleNamespace(id="pid", area="tanks")], journal=SimpleNamespace(max_mb=16)
            ),
            judge=judging.judge,
            recorder=judging.recorder,
            records=SimpleNamespace(add=self.add),
            fault=lambda *told: self.faults.append(told),
        )

    async def add(self, kind, record_id, facts):
        self.records.append((kind, record_id, facts))

    async def ask(self, operation, **request):
        return await self.desk.operations()[operation](request)

    async def state(self):
        return (await self.ask("alarms"))["alarms"][0]["state"]


def test_each_operation_does_what_the_table_says_and_is_an_event_with_who_and_why(desk):
    async def main():
        async with desk() as d:
            counter = Counter(d)
            await counter.desk.begin()
            d.alarm.life.latching = True
            d.take(60.0)
            who = {"rule": "high", "by": "jan"}
            assert await counter.ask("acknowledge", **who) == {"rule": "high", "state": "acked"}
            d.take(1.0)
            assert await counter.ask("reset", **who) == {"rule": "high", "state": "normal"}
            shelved = await counter.ask("shelve", **who, why="the wash", for_ms=HOUR_MS)
            assert (shelved["rule"], shelved["state"]) == ("high", "shelved")
            assert abs(shelved["until"] - d.clock.utc_ms() - HOUR_MS) < 5000
            assert await counter.ask("unshelve", **who) == {"rule": "high", "state": "normal"}
            assert await counter.ask("remove", **who, why="new cell") == {
                "rule": "high",
                "state": "out-of-service",
            }
            assert await counter.ask("put-back", **who) == {"rule": "high", "state": "normal"}
            told = (await counter.ask("alarm-history"))["events"]
            assert [(each["transition"], each["state"], each.get("why")) for each in reversed(told)] == [
                ("raised", "unacked", None),
                ("acknowledged", "acked", None),
                ("latched", "latched-acked", None),
                ("cleared", "normal", None),
                ("shelved", "shelved", "the wash"),
                ("unshelved", "normal", None),
                ("removed", "out-of-service", "new cell"),
                ("put back", "normal", None),
            ]
            by_people = [each for each in told if each["transition"] not in ("raised", "latched")]
            assert {(each["by"], each["origin"]) for each in by_people} == {("jan", "control socket")}
            assert counter.records == [
                ("acknowledgements", "high", {"by": "jan", "origin": "control socket"})
            ]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        ("acknowledge", {"rule": "high"}, "`by` is a text of 1..200 printable characters"),
        ("acknowledge", {"rule": 7, "by": "jan"}, "`rule` is a text"),
        ("reset", {"rule": "high", "by": " "}, "`by` is a text"),
        ("unshelve", {"rule": "high", "by": "a\x1b[2J"}, "`by` is a text"),
        ("shelve", {"rule": "high", "by": "jan"}, "`why` is a text"),
        ("shelve", {"rule": "high", "by": "jan", "why": "x" * 201}, "`why` is a text"),
        ("shelve", {"rule": "high", "by": "jan", "why": "x", "for_ms": "2h"}, "`for_ms` is a whole number"),
        ("shelve", {"rule": "high", "by": "jan", "why": "x", "for_ms": True}, "`for_ms` is a whole number"),
        ("shelve", {"rule": "high", "by": "jan", "why": "x", "for_ms": 0}, "shelved for at most 12 h"),
        ("shelve", {"rule": "high", "by": "jan", "why": "x", "for_ms": 13 * HOUR_MS}, "at most 12 h"),
        ("remove", {"rule": "high", "by": "jan"}, "`why` is a text"),
        ("put-back", {"rule": "low", "by": "jan"}, "rule 'low': this station's are high"),
        ("put-back", {"rule": "high", "by": "jan"}, "rule high is unacked: it is not out-of-service"),
        ("reset", {"rule": "high", "by": "jan"}, "rule high is unacked: there is nothing to reset"),
        ("alarm-history", {"count": 0}, "`count` is within 1..500"),
        ("alarm-history", {"count": "all"}, "`count` is within 1..500"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(desk, operation, request_, words):
    async def main():
        async with desk() as d:
            counter = Counter(d)
            await counter.desk.begin()
            d.take(60.0)
            with pytest.raises(ValueError, match=words):
                await counter.ask(operation, **request_)
            assert await counter.state() == "unacked"

    asyncio.run(main())


NONSENSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.none()),
    st.just("high"),
)
KEYS = st.sampled_from(["rule", "by", "why", "for_ms", "count"])


@given(st.lists(st.tuples(st.integers(0, 7), st.dictionaries(KEYS, NONSENSE)), max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_request_is_answered_or_refused(desk, requests):
    async def main():
        async with desk() as d:
            counter = Counter(d)
            await counter.desk.begin()
            operations = list(counter.desk.operations().values())
            for which, request in requests:
                with contextlib.suppress(ValueError):
                    await operations[which](request)
            assert await counter.state() in STATES

    asyncio.run(main())


def test_the_history_goes_back_over_many_numbers_and_is_of_one_rule_where_asked(desk):
    async def main():
        async with desk() as d:
            counter = Counter(d)
            filler = [Event("fault", f"f{n}", 1, 1, True, {}) for n in range(600)]
            rows = [Event("alarm", f"a{n}", n, 1, True, {"rule": "ab"[n % 2]}) for n in range(4)]
            more = Event("alarm-load", "l", 4, 1, True, {"what": "flood"})

            def commit(journal):
                for row in (*rows, more):
                    journal.commit([], [*filler, row], {})

            await d.recorder.ask(commit)
            told = (await counter.ask("alarm-history"))["events"]
            assert [each["t"] for each in told] == [4, 3, 2, 1, 0]
            assert [each["t"] for each in (await counter.ask("alarm-history", count=2))["events"]] == [4, 3]
            assert [each["t"] for each in (await counter.ask("alarm-history", rule="a"))["events"]] == [2, 0]

    asyncio.run(main())


def test_what_is_kept_beside_the_judge_outlives_a_kill_and_is_told_once(desk):
    """Three times within a minute: killed before the chatter was told of."""

    async def main():
        async with desk() as d:
            counter = Counter(d)
            await counter.desk.begin()
            for value in (60.0, 1.0, 60.0, 1.0, 60.0):
                d.take(value)
            assert len(await d.events(5)) == 5
        async with desk() as d:
            counter = Counter(d)
            await counter.desk.begin()
            assert await counter.state() == "unacked"
            (window,) = counter.desk.marking.windows.open.values()
            assert (window.rule, window.raised, window.known) == ("high", 3, True)
            task = asyncio.create_task(counter.desk.load.run())
            told = (await d.events(6))[-1]
            task.cancel()
            assert told.kind == "alarm-load"
            said = [told.body[key] for key in ("what", "state", "rule", "times")]
            assert said == ["chatter", "begins", "high", 3]
        async with desk() as d:
            counter = Counter(d)
            await counter.desk.begin()
            assert counter.desk.load.status() == {"flood": 0, "chatter": {"high": 3}, "stale": []}
            assert counter.desk.load._untold == []

    asyncio.run(main())


def test_state_that_cannot_be_read_is_told_and_begins_anew(desk):
    async def main():
        async with desk() as d:
            junk = {load_watch.STATE_KEY: 7, marking.STATE_KEY: {"from": 1, "open": 7}}
            await d.recorder.ask(lambda journal: journal.commit([], [], junk))
            counter = Counter(d)
            await counter.desk.begin()
            assert [told[:2] for told in counter.faults] == [
                ("alarm load", "reset"),
                ("raw windows", "reset"),
            ]
            d.take(60.0)
            assert await counter.state() == "unacked"

    asyncio.run(main())


def test_every_key_of_an_alarm_and_every_operation_is_documented(desk):
    async def main():
        async with desk() as d:
            counter = Counter(d)
            return set(counter.desk.rows()[0]), set(counter.desk.operations())

    keys, operations = asyncio.run(main())
    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "alarms.md").read_text(encoding="utf-8")
    table = page[page.index("## As JSON") :]
    told = {
        key
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for key in re.findall(r"`(\w+)`", row)
    }
    assert told == keys
    page = (docs / "operation.md").read_text(encoding="utf-8")
    assert operations <= set(re.findall(r"`([\w-]+)`", page[page.index("`fenceline alarms` asks") :]))
