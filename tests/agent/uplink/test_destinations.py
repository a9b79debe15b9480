"""Several destinations of one journal, a range sent once more, and numbers that are refused named."""

import asyncio
import random
import re
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.uplink.destinations import Destinations
from hal.clock import Clock
from store.owed import Owed

STATION = SimpleNamespace(id="gp-01", site="works")


@asynccontextmanager
async def delivering(here: Any, meta: dict[str, Any], *mqtts: Any) -> Any:
    """Destinations over the station's recorder, each on a task as the agent runs them."""
    destinations = Destinations(here.recorder)
    for settings in mqtts:
        await destinations.add(settings, STATION, meta, Clock("trusted"), random.Random(1).random)  # type: ignore[arg-type]
    tasks = [asyncio.create_task(destinations.serve(name)) for name in destinations.uplinks]
    try:
        yield destinations
        await destinations.stop()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def gaps(platform: Any) -> list[dict[str, Any]]:
    return [row for row in platform.events() if row["kind"] == "gap"]


def test_one_destination_does_not_wait_for_another(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    """The second broker is not there until the end, and the journal keeps what it is owed."""
    (tmp_path / "late").mkdir()
    late = kit.Mosquitto(tmp_path / "late")
    settings = [
        kit.settings(broker.port, id="plant", client_id="a"),
        kit.settings(late.port, id="authority", client_id="b"),
    ]

    async def main() -> None:
        async with (
            kit.station(tmp_path / "j.db") as here,
            delivering(here, kit.meta, *settings) as destinations,
        ):
            await here.readings(50)
            await here.event("first")
            await kit.until(lambda: len(set(platform.seqs())) == 50 and platform.events())
            await kit.until(lambda: destinations.uplinks["plant"].delivery.delivered_up_to == 51)
            assert destinations.delivered_up_to == 0, "nothing may be taken for sent that one is owed"
            assert destinations.uplinks["authority"].status()["connected"] is False
            late.start()
            second = kit.Subscriber(late.port)
            second.start()
            await kit.until(lambda: len(set(second.seqs())) == 50 and second.events(), 20)
            await kit.until(lambda: destinations.delivered_up_to == 51)
            second.stop()
            second.check()
            assert len(platform.seqs()) == 50, "sent once only"

    try:
        asyncio.run(main())
    finally:
        late.stop()


def test_after_a_restart_each_destination_goes_on_where_it_was(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    plant = kit.settings(broker.port, id="plant", client_id="a")
    nobody = kit.settings(kit.free_port(), id="authority", client_id="b")

    async def one_run(count: int) -> tuple[int, int]:
        async with (
            kit.station(tmp_path / "j.db") as here,
            delivering(here, kit.meta, plant, nobody) as destinations,
        ):
            await here.readings(count)
            plants = destinations.uplinks["plant"].delivery
            await kit.until(lambda: plants.delivered_up_to == here.journal.last_seq)
            await kit.until(lambda: len(set(platform.seqs())) == here.journal.last_seq)
            return plants.delivered_up_to, destinations.uplinks["authority"].delivery.owed().backlog

    assert asyncio.run(one_run(10)) == (10, 10)
    assert asyncio.run(one_run(5)) == (15, 15)
    assert sorted(platform.seqs()) == list(range(1, 16)), "each once"


def test_a_range_is_sent_once_more(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> dict[str, Any]:
        settings = kit.settings(broker.port)
        async with (
            kit.station(tmp_path / "j.db") as here,
            delivering(here, kit.meta, settings) as destinations,
        ):
            await here.readings(20)
            await here.event("told")
            await kit.until(lambda: destinations.delivered_up_to == 21)
            answer = await destinations.resend({"first": 18, "last": 400})
            await kit.until(lambda: platform.seqs().count(18) == 2 and len(platform.events()) == 2)
            await kit.until(lambda: destinations.delivered_up_to == 21)
            return answer

    assert asyncio.run(main()) == {"mqtt": {"first": 18, "last": 21, "readings_kept_from": 1}}
    assert sorted(platform.seqs()) == sorted([*range(1, 21), 18, 19, 20])
    first, second = platform.events()
    assert first == second, "the same number, the same time"
    again = platform.of("readings")[-1]
    assert again["historical"] is True


def test_what_is_no_longer_kept_is_named(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> dict[str, Any]:
        settings = kit.settings(broker.port, backlog_rate=100_000)
        async with (
            kit.station(tmp_path / "j.db") as here,
            delivering(here, kit.meta, settings) as destinations,
        ):
            for _ in range(20):  # batches of their own, so that some can go
                await here.readings(100)
            await kit.until(lambda: destinations.delivered_up_to == 2000)
            size = await here.recorder.ask(lambda journal: journal.size_bytes())
            await here.recorder.make_room(size - 2000, Owed)
            answer = await destinations.resend({"first": 50, "last": 2000, "destination": "mqtt"})
            await kit.until(lambda: platform.seqs().count(2000) == 2 and gaps(platform))
            await kit.until(lambda: destinations.delivered_up_to >= 2002)
            return answer["mqtt"]

    kept_from = asyncio.run(main())["readings_kept_from"]
    assert 50 < kept_from < 2000
    (gap,) = gaps(platform)
    assert (gap["reason"], gap["destination"]) == ("no longer kept", "mqtt")
    assert (gap["ranges"], gap["count"]) == ([[50, kept_from - 1]], kept_from - 50)
    seqs = platform.seqs()
    assert [seq for seq in range(50, 2001) if seqs.count(seq) == 2] == list(range(kept_from, 2001))


def test_what_went_from_between_is_named_as_well(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    """Sent readings were removed from between, and others thinned since somebody else was owed them."""

    async def main() -> None:
        async with (
            kit.station(tmp_path / "j.db") as here,
            delivering(here, kit.meta, kit.settings(broker.port, backlog_rate=100_000)) as destinations,
        ):
            for number in range(6):
                await here.readings(100)
                await here.event(f"e{number}")
            await kit.until(lambda: destinations.delivered_up_to == 606)
            size = await here.recorder.ask(lambda journal: journal.size_bytes())
            others = [[(1, 101), (203, 1 << 62)]]
            step, _ = await here.recorder.ask(lambda journal: journal.trim(size - 1, Owed(others)))
            assert step.rows == 100
            await here.recorder.ask(lambda journal: journal.trim(size // 4, Owed(others)))
            await destinations.resend({"first": 1, "last": 606})
            await kit.until(lambda: gaps(platform))
            await kit.until(lambda: len(platform.events()) >= 13)
            await kit.until(lambda: destinations.delivered_up_to >= 607)

    asyncio.run(main())
    (gap,) = gaps(platform)
    named = {seq for low, high in gap["ranges"] for seq in range(low, high + 1)}
    came = platform.seqs() + [row["seq"] for row in platform.events()]
    twice = {seq for seq in range(1, 607) if came.count(seq) == 2}
    assert named == set(range(1, 607)) - twice
    assert len(named) == gap["count"]
    assert {102 + n for n in range(100)} - {101, 202} <= named
    assert gap["reason"] == "no longer kept"
    assert 400 < len(named) < 600


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"last": 3}, "first: expected a number from 1, got None"),
        ({"first": 0, "last": 3}, "first: expected a number from 1, got 0"),
        ({"first": 1, "last": True}, "last: expected a number from 1, got True"),
        ({"first": 1, "last": "9"}, "last: expected a number from 1, got '9'"),
        ({"first": 5, "last": 4}, "seq 5..4: the last number comes before the first"),
        ({"first": 5, "last": 9}, "seq 5..9: this journal's numbers are 1..3"),
        ({"first": 1, "last": 3, "destination": "moon"}, "destination 'moon': this station's are mqtt"),
        ({"first": 1, "last": 3, "destination": ["mqtt"]}, "destination ['mqtt']: this station's are mqtt"),
    ],
)
def test_what_cannot_be_sent_again_is_said(
    kit: Any, tmp_path: Path, request_: dict[str, Any], words: str
) -> None:
    async def main() -> None:
        async with (
            kit.station(tmp_path / "j.db") as here,
            delivering(here, kit.meta, kit.settings(kit.free_port())) as destinations,
        ):
            await here.readings(3)
            with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
                await destinations.resend(request_)

    asyncio.run(main())


def test_numbers_that_the_broker_refuses_are_named(kit: Any, make_broker: Any, tmp_path: Path) -> None:
    """So that a consumer knows why there is a hole. Of 300 refusals in a row one event tells."""
    broker = make_broker("allow_anonymous true\nmax_packet_size 2000")
    platform = kit.Subscriber(broker.port)
    platform.start()

    async def main() -> None:
        async with kit.station(tmp_path / "j.db") as here:
            for name in ("a", "b", "c"):
                huge = kit.alarm(name)
                huge.body["detail"] = "x" * 3000
                await here.recorder.put_event(huge)
                await here.event(f"between {name}")
            await here.connect(kit.settings(broker.port))
            named: set[int] = set()

            def all_named() -> bool:
                for gap in gaps(platform):
                    named.update(n for first, last in gap["ranges"] for n in range(first, last + 1))
                return named >= {1, 3, 5}

            await kit.until(all_named)
            got = {row["seq"] for row in platform.events()}
            assert got >= {2, 4, 6}
            assert not got & named, "nothing is named that was delivered"

    asyncio.run(main())
    platform.stop()
    platform.check()
    assert {gap["reason"] for gap in gaps(platform)} == {
        "refused by the broker: larger than the broker's maximum packet size (0x95)"
    }
    assert sum(gap["count"] for gap in gaps(platform)) == 3


def test_only_what_is_refused_is_named(kit: Any, make_broker: Any, tmp_path: Path) -> None:
    """The books run on over an event among readings: it came, and is none of those that did not."""
    rules = tmp_path / "acl"
    topics = [f"topic write fenceline/1/works/gp-01/{name}\n" for name in ("events", "status", "meta")]
    rules.write_text(f"{''.join(topics)}topic read #\n")
    broker = make_broker(f"allow_anonymous true\nacl_file {rules}")
    platform = kit.Subscriber(broker.port)
    platform.start()

    async def main() -> None:
        async with kit.station(tmp_path / "j.db") as here:
            await here.connect(kit.settings(kit.free_port()))
            await here.readings(5)
            await here.event("between")
            await here.readings(5)
            assert here.uplink.delivery.state()["readings"] == [[1, 11]]
            await here.connect(kit.settings(broker.port))
            await kit.until(lambda: gaps(platform))

    asyncio.run(main())
    platform.stop()
    (gap,) = gaps(platform)
    assert (gap["ranges"], gap["count"]) == ([[1, 5], [7, 11]], 10)
