"""Delivery against a real mosquitto: at least once, in the right order, whatever breaks."""

import asyncio
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.needs("mosquitto")


def test_readings_and_events_arrive(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.readings(30)
            seq = await here.event("a-1")
            await kit.until(lambda: len(platform.seqs()) == 30 and platform.events())
            assert sorted([*platform.seqs(), seq]) == list(range(1, 32))
            assert platform.events()[0]["seq"] == seq
            assert platform.events()[0]["durable"] is True
            assert {message["historical"] for message in platform.of("readings")} == {False}
            assert {message["log"] for message in platform.of("readings")} == {here.journal.log}
            await kit.until(lambda: here.uplink.status()["in_flight"] == 0)
            status = here.uplink.status()
            assert (status["protocol"], status["sent"], status["acked"]) == ("5", 31, 31)
            assert (status["events_owed"], status["live_owed"], status["backlog_owed"]) == (0, 0, 0)
            assert status["delivered_up_to"] == 31
            assert status["broker"] == f"127.0.0.1:{broker.port}"
            assert status["last_error"] is None
            await here.stop()
        await kit.until(lambda: platform.of("status")[-1]["state"] == "offline")

    asyncio.run(main())
    births = [(topic, payload.get("state"), payload.get("reason")) for topic, payload, _ in platform.got]
    assert births[:2] == [("meta", None, None), ("status", "online", "connected")]
    assert births[-1] == ("status", "offline", "stopped")


def test_birth_and_farewell_are_retained(kit: Any, broker: Any, tmp_path: Path) -> None:
    async def main() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.stop()

    asyncio.run(main())
    late = kit.Subscriber(broker.port)
    late.start()
    asyncio.run(kit.until(lambda: len(late.got) == 2))
    late.stop()
    late.check()
    assert {(topic, retained) for topic, _, retained in late.got} == {("meta", True), ("status", True)}


def test_an_alarm_reaches_the_broker_in_milliseconds(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    async def main() -> list[float]:
        took = []
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: len(platform.got) == 2)
            committed: list[float] = []
            here.recorder.subscribe(lambda done: committed.append(time.monotonic()))
            for number in range(20):
                committed.clear()
                await here.event(f"a-{number}")
                await kit.until(lambda count=number + 1: len(platform.events()) == count)
                took.append(platform.at[-1] - committed[0])
        return took

    took = sorted(asyncio.run(main()))
    assert took[len(took) // 2] < 0.05, took


def test_events_before_live_before_backlog(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    """A large backlog is under way; what is committed now is not behind it."""

    async def main() -> None:
        async with kit.station(tmp_path / "j.db") as here:
            await here.readings(3000)
            await here.event("old")
            await here.connect(kit.settings(broker.port, batch=100, backlog_rate=1000))
            await kit.until(lambda: len(platform.seqs()) >= 300)
            await here.readings(5)
            seq = await here.event("new")
            await kit.until(lambda: len(platform.events()) == 2)
            assert seq - 5 in platform.seqs()
            assert len(platform.seqs()) < 2000, "the backlog was already through: the test shows nothing"

    asyncio.run(main())
    first_of = next(topic for topic, _, _ in platform.got if topic in ("events", "readings"))
    assert first_of == "events", "what waits: events come first"
    historical = {row["seq"]: m["historical"] for m in platform.of("readings") for row in m["readings"]}
    assert historical[1] is True
    assert historical[3002] is False


def test_the_backlog_is_bounded(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> float:
        async with kit.station(tmp_path / "j.db") as here:
            await here.readings(1000)
            await here.connect(kit.settings(broker.port, batch=100, backlog_rate=500))
            await kit.until(lambda: len(set(platform.seqs())) == 1000)
            status = here.uplink.status()
            assert status["rate_per_s"] > 0
        times = [
            at for at, (topic, _, _) in zip(platform.at, platform.got, strict=True) if topic == "readings"
        ]
        return float(times[-1] - times[0])

    took = asyncio.run(main())
    # 1000 readings less the first message and what may be caught up, at 500/s
    assert took > (1000 - 100 - 125 - 100) / 500


def test_nothing_is_lost_while_the_broker_is_away(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    async def main() -> None:
        door = kit.Door(broker.port)
        await door.open()
        async with kit.station(tmp_path / "j.db", kit.settings(door.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.readings(50)
            await kit.until(lambda: len(set(platform.seqs())) == 50)
            platform.stop()
            broker.stop()
            await kit.until(lambda: not here.uplink.status()["connected"])
            await here.readings(700)
            await here.event("while-away")
            assert here.uplink.status()["backlog_owed"] == 700
            assert here.uplink.status()["events_owed"] == 1
            await kit.until(lambda: (here.uplink.status()["oldest_owed_age_s"] or 0) != 0)
            await door.shut()  # so that the platform is back before the station
            broker.start()
            platform.start()
            await door.open()
            await kit.until(lambda: len(set(platform.seqs())) == 750 and platform.events())
            await kit.until(lambda: here.uplink.status()["backlog_owed"] == 0)
        assert len(platform.seqs()) == 750, "nothing was in flight, so nothing comes twice"
        late = [m["historical"] for m in platform.of("readings") if m["readings"][0]["seq"] > 50]
        assert set(late) == {True}

    asyncio.run(main())


def test_a_dead_connection_is_found_and_nothing_is_lost(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    """The broker is stopped in its tracks, then killed: no word from it, no reset."""

    async def main() -> None:
        door = kit.Door(broker.port)
        await door.open()
        async with kit.station(tmp_path / "j.db", kit.settings(door.port, ack_timeout_s=0.4)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.readings(10)
            await kit.until(lambda: len(platform.seqs()) == 10)
            broker.send(signal.SIGSTOP)
            await here.readings(10)
            await kit.until(lambda: here.uplink.status()["in_flight"] > 0)
            await kit.until(lambda: not here.uplink.status()["connected"], 3)
            assert "no acknowledgement within 0.4 s" in here.uplink.status()["last_error"]
            await door.shut()
            platform.stop()
            broker.stop(signal.SIGKILL)
            broker.start()
            platform.start()
            await door.open()
            await kit.until(lambda: set(platform.seqs()) == set(range(1, 21)))

    asyncio.run(main())


def test_a_line_that_swallows_bytes_is_found(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    """Half-open: the network takes what is sent and nothing comes back, ever."""

    async def main() -> None:
        door = kit.Door(broker.port)
        await door.open()
        async with kit.station(tmp_path / "j.db", kit.settings(door.port, ack_timeout_s=0.3)) as here:
            await kit.until(lambda: len(platform.got) == 2 and here.uplink.status()["in_flight"] == 0)
            door.freeze()
            await here.event("into-the-void")
            await kit.until(lambda: not here.uplink.status()["connected"], 3)
            assert here.uplink.status()["events_owed"] == 1
            await door.shut()
            await door.open()
            await kit.until(platform.events)
            assert platform.events()[0]["id"] == "into-the-void"

    asyncio.run(main())


def test_a_restart_knows_what_is_owed(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.readings(20)
            await kit.until(lambda: here.uplink.status()["acked"] == 20)
            await here.stop()
            await here.readings(20)  # committed while nobody is connected
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: len(set(platform.seqs())) == 40)
            await kit.until(lambda: here.uplink.status()["backlog_owed"] == 0)
            assert len(platform.seqs()) == 40, "what was acknowledged is not sent again"

    asyncio.run(main())
    boots = {row["seq"]: m["boot"] for m in platform.of("readings") for row in m["readings"]}
    assert set(boots.values()) == {1}, "the boot that measured, not the one that sent"


def test_an_undurable_event_goes_out_at_once_and_comes_again(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    async def main() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            here.uplink.send_undurable(kit.alarm("a-7"))
            await here.event("a-7")
            await kit.until(lambda: len(platform.events()) == 2)

    asyncio.run(main())
    first, second = platform.events()
    assert (first["seq"], first["durable"], first["id"]) == (None, False, "a-7")
    assert (second["seq"], second["durable"], second["id"]) == (1, True, "a-7")


def test_undurable_events_wait_for_a_connection_within_bounds(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    async def main() -> None:
        door = kit.Door(broker.port)
        async with kit.station(tmp_path / "j.db", kit.settings(door.port)) as here:
            await kit.until(lambda: here.uplink.status()["last_error"])
            for number in range(103):
                here.uplink.send_undurable(kit.alarm(f"u-{number}"))
            assert here.uplink.status()["undurable_lost"] == 3
            await here.event("u-50")
            await door.open()
            await kit.until(lambda: len(platform.events()) == 100)
            await kit.until(lambda: here.uplink.status()["in_flight"] == 0)
        ids = [(event["id"], event["durable"]) for event in platform.events()]
        assert ("u-50", False) not in ids, "it was durable before it could be sent"
        assert ("u-50", True) in ids
        assert ids.count(("u-102", False)) == 1

    asyncio.run(main())


def test_the_second_broker_is_tried(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> None:
        nobody = kit.free_port()
        async with kit.station(tmp_path / "j.db", kit.settings(nobody, broker.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"], 5)
            assert here.uplink.status()["broker"] == f"127.0.0.1:{broker.port}"

    asyncio.run(main())


def test_what_the_disk_damaged_is_named_and_passed_over(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    async def measure() -> None:
        async with kit.station(tmp_path / "j.db") as here:
            for _ in range(3):
                await here.readings(10)

    async def deliver() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: len(set(platform.seqs())) == 20 and platform.events())
            await kit.until(lambda: here.uplink.status()["delivered_up_to"] == 31)
            assert here.uplink.status()["damaged"] > 0

    asyncio.run(measure())
    with sqlite3.connect(tmp_path / "j.db") as db:
        assert db.execute("UPDATE batches SET body = x'00' WHERE first = 11").rowcount == 1
    db.close()
    asyncio.run(deliver())
    assert set(platform.seqs()) == {*range(1, 11), *range(21, 31)}
    (gap,) = platform.events()
    assert (gap["kind"], gap["ranges"], gap["count"]) == ("gap", [[11, 20]], 10)
    assert gap["reason"] == "damaged on the disk"


def test_a_cancelled_uplink_leaves_the_will(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: platform.of("status"))
            await here.drop()
            await kit.until(lambda: len(platform.of("status")) == 2)

    asyncio.run(main())
    assert platform.of("status")[-1]["reason"] == "connection lost"


def test_one_message_is_of_one_boot(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> None:
        for _ in range(3):
            async with kit.station(tmp_path / "j.db") as here:
                await here.readings(10)
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)):
            await kit.until(lambda: len(set(platform.seqs())) == 30)

    asyncio.run(main())
    boots = {
        row["seq"]: message["boot"] for message in platform.of("readings") for row in message["readings"]
    }
    assert [boots[seq] for seq in (1, 10, 11, 20, 21, 30)] == [1, 1, 2, 2, 3, 3]


def test_an_undurable_event_in_flight_is_sent_again(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    async def main() -> None:
        door = kit.Door(broker.port)
        await door.open()
        async with kit.station(tmp_path / "j.db", kit.settings(door.port, ack_timeout_s=0.3)) as here:
            await kit.until(lambda: len(platform.got) == 2 and here.uplink.status()["in_flight"] == 0)
            door.freeze()
            here.uplink.send_undurable(kit.alarm("u-1"))
            await kit.until(lambda: not here.uplink.status()["connected"], 3)
            await door.shut()
            await door.open()
            await kit.until(platform.events)

    asyncio.run(main())
    assert [(event["id"], event["durable"]) for event in platform.events()] == [("u-1", False)]
