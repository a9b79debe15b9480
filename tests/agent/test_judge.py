"""What becomes of readings, over a real journal: kept, held against rules, told of in order."""

import asyncio

import pytest

from agent.saved_state import load_state
from store.journal import Journal
from tests.agent.judge_rig import BOOT, desk

__all__ = ["desk"]


def test_every_reading_is_kept_and_the_latest_is_shown(desk):
    async def main():
        async with desk() as d:
            for value in (1.0, 2.0, 3.0):
                d.take(value)
            d.take(None, "B")
            d.take(None, "B")  # said already
            assert d.judge.readings == 5
            assert d.judge.latest["pid.voc"].flag == "B"
            await d.until(lambda: d.recorder.stats.readings >= 4)
            rows = await d.recorder.ask(lambda journal: journal.readings(1, 100, 100))
            return [(row.channel, row.value, row.flag) for _, _, row in rows]

    assert asyncio.run(main()) == [
        ("pid.voc", 1.0, "N"),
        ("pid.voc", 2.0, "N"),
        ("pid.voc", 3.0, "N"),
        ("pid.voc", None, "B"),
    ]


def test_an_alarm_is_told_with_the_time_of_its_reading_and_its_state_is_kept_with_it(desk):
    async def main():
        async with desk() as d:
            d.take(60.0)
            t = d.judge.latest["pid.voc"].t
            (event,) = await d.events(1)
            assert (event.kind, event.id, event.t) == ("alarm", f"{BOOT}-1", t)
            assert event.body == {
                "rule": "high",
                "channel": "pid.voc",
                "rule_kind": "value",
                "on": "raw",
                "level": "high",
                "limit": 50.0,
                "unit": "ppm",
                "transition": "raised",
                "value": 60.0,
                "flag": "N",
                "cause": "above 50",
                "state": "unacked",
            }
            assert (await d.state())["state"] == "unacked"
            assert d.undurable == []

    asyncio.run(main())


def test_events_keep_the_order_in_which_they_were_announced(desk):
    async def main():
        async with desk() as d:
            d.judge.announce("start", {"boot": BOOT})
            for value in (60.0, 10.0, 70.0, 20.0):
                d.take(value)
            d.judge.announce("fault", {"what": "line a"})
            events = await d.events(6)
            assert [event.body.get("transition", event.kind) for event in events] == [
                "start",
                "raised",
                "returned",
                "raised",
                "returned",
                "fault",
            ]
            assert [event.id for event in events] == [f"{BOOT}-{n}" for n in range(1, 7)]
            assert (await d.state())["state"] == "returned"

    asyncio.run(main())


def test_a_state_that_changes_without_an_event_is_kept_too(desk):
    async def main():
        async with desk() as d:
            d.alarm.on_delay_ms = 60_000
            d.take(60.0)
            began = d.judge.latest["pid.voc"].t
            await d.until(lambda: d.recorder.stats.readings == 1)
            state = await d.state()
            assert (state["state"], state["side"], state["since"]) == ("normal", "high", began)

    asyncio.run(main())


def test_a_raised_alarm_is_not_raised_again_after_a_restart(desk):
    async def main():
        async with desk() as d:
            d.take(60.0)
            await d.events(1)
            saved = await d.state()
        async with desk() as d:
            d.judge.restore({"high": saved})
            d.take(61.0)
            d.take(10.0)
            events = await d.events(2)
            assert [event.body["transition"] for event in events] == ["raised", "returned"]

    asyncio.run(main())


@pytest.mark.parametrize("junk", [7, "unreadable: no JSON", {"state": "melted"}, []])
def test_junk_instead_of_a_state_is_reported_and_the_rule_begins_anew(desk, junk):
    async def main():
        async with desk() as d:
            d.judge.restore({"high": junk, "a rule of yesterday": {"state": "acked"}})
            d.take(60.0)
            fault, alarm = await d.events(2)
            assert (fault.kind, fault.body["what"], fault.body["state"]) == ("fault", "rule high", "reset")
            assert "is no saved state" in fault.body["detail"]
            assert alarm.body["transition"] == "raised"

    asyncio.run(main())


def test_no_saved_state_is_nothing_to_report(desk):
    async def main():
        async with desk() as d:
            d.judge.restore({"high": None})
            d.take(60.0)
            (event,) = await d.events(1)
            assert event.kind == "alarm"

    asyncio.run(main())


def test_what_the_disk_does_not_take_is_told_at_once_and_kept_later(desk):
    async def main():
        async with desk(max_pages=60) as d:
            while not d.recorder.stats.failing:
                for _ in range(100):
                    d.take(1.0 / (1 + d.judge.readings))
                await asyncio.sleep(0.01)
            d.take(60.0)
            await d.until(lambda: d.undurable)
            (event,) = d.undurable
            assert (event.kind, event.body["transition"]) == ("alarm", "raised")
            await d.on_journal(lambda: d.journal._file.db.execute("PRAGMA max_page_count=10000"))
            await d.until(lambda: not d.recorder.stats.failing)
            assert [kept for kept in await d.events(3) if kept.kind == "alarm"] == [event]

    asyncio.run(main())


def test_the_task_of_an_announcement_ends_when_it_is_on_disk(desk):
    async def main():
        async with desk() as d:
            await d.judge.announce("stop", {"boot": BOOT})
            assert d.recorder.stats.events == 1

    asyncio.run(main())


def test_state_that_cannot_be_read_says_why(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path, utc_ms=lambda: 0)
    journal.commit([], [], {"good": {"a": 1}, "bad": 1})
    journal._file.db.execute("UPDATE state SET value = '{oops' WHERE key = 'bad'")
    assert load_state(journal, "good") == {"a": 1}
    assert load_state(journal, "none") is None
    assert str(load_state(journal, "bad")).startswith(f"unreadable: {path}: state 'bad': damaged")
    journal.close()


def test_an_acknowledgement_is_on_disk_with_who_and_the_state_before_it_is_answered(desk):
    async def main():
        async with desk() as d:
            with pytest.raises(ValueError, match="rule high is normal: there is nothing to acknowledge"):
                await d.judge.acknowledge("high", "A", "control socket")
            with pytest.raises(ValueError, match="rule 'low': this station's are high"):
                await d.judge.acknowledge("low", "A", "control socket")
            d.take(60.0)
            assert await d.judge.acknowledge("high", "A", "control socket") == "acked"
            rows = await d.recorder.ask(lambda journal: journal.events(1, 10**6, 1000))
            event = rows[-1][2]
            said = {key: event.body[key] for key in ("transition", "by", "origin", "value")}
            assert said == {
                "transition": "acknowledged",
                "by": "A",
                "origin": "control socket",
                "value": 60.0,
            }
            assert (await d.state())["state"] == "acked"
            d.take(10.0)
            assert d.alarm.state == "normal"

    asyncio.run(main())


def test_relays_follow_what_people_do_before_it_is_on_disk(desk):
    async def main():
        async with desk() as d:
            d.take(60.0)
            await d.events(1)
            seen = []
            d.judge.on_change = lambda: seen.append((d.alarm.state, d.recorder.stats.events))
            await d.judge.shelve("high", "jan", "here", "so")
            await d.judge.unshelve("high", "jan", "here")
            assert seen == [("shelved", 1), ("unacked", 2)], "once, with all that came of it"
            assert d.recorder.stats.events == 4

    asyncio.run(main())


@pytest.mark.parametrize(("machine", "raised"), [("this boot", False), ("the boot before", True)])
def test_a_delay_over_a_restart_goes_by_the_machines_own_clock_where_that_counts(desk, machine, raised):
    """UTC was set by ten days meanwhile; after a boot of the machine nothing else is there to go by."""

    async def main():
        async with desk() as d:
            d.alarm.on_delay_ms = 60_000
            d.take(60.0)
            await d.until(lambda: d.recorder.stats.readings == 1)
            saved = await d.state()
        saved["kept_at"]["machine"] = machine
        async with desk() as d:
            d.alarm.on_delay_ms = 60_000
            utc_ms = d.clock.utc_ms
            d.clock.utc_ms = lambda: utc_ms() + 10 * 24 * 3_600_000
            d.judge.restore({"high": saved})
            d.take(60.0)
            assert (d.alarm.state == "unacked") == raised

    asyncio.run(main())
