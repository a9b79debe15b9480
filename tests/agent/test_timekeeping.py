"""UTC that becomes trusted late, jumps, or never comes: with a real journal and a clock of the test's own."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agent import timekeeping
from agent.timekeeping import redatings
from store.journal import Journal
from store.redating import Redating
from tests.agent.timekeeping_rig import UTC, Clock, Station, station, until
from tests.store.room_rig import damage


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timekeeping, "LOOK_EVERY_S", 0.005)
    monkeypatch.setattr(timekeeping, "SETTLE_EVERY_S", 0.01)


async def corrections_of(here: Station, count: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(2000):
        found = await here.told("time-correction")
        if len(found) >= count:
            return found
        await asyncio.sleep(0.005)
    raise AssertionError(f"corrections: {found}")


def near(value: int, wanted: int) -> bool:
    return abs(value - wanted) <= 30


def test_rows_taken_before_are_put_right(tmp_path: Path) -> None:
    async def main() -> None:
        async with station(tmp_path / "j.db", Clock(3_600_000)) as here:
            here.readings(700)  # more than one look into the journal
            await here.committed(700)
            here.readings(5)  # and some that wait for the disk at that moment
            here.clock.set_right()
            here.readings(10)
            (found,) = await corrections_of(here)
            assert (found["boot"], found["first"], found["last"]) == (1, 1, 705)
            assert near(found["offset_ms"], 3_600_000)
            (known,) = await here.recorder.ask(redatings)
            assert known == Redating(1, 705, found["offset_ms"]), "the archive counts by it"
            rows = await here.recorder.ask(lambda journal: journal.readings(1, 705, 1000))
            assert all(not row.trusted for _, _, row in rows), "a row never changes"

    asyncio.run(main())


def test_a_clock_set_twice_gives_two_corrections(tmp_path: Path) -> None:
    async def main() -> None:
        async with station(tmp_path / "j.db", Clock(3_600_000)) as here:
            here.readings(10)
            await here.committed(10)
            here.clock.wrong_by = -60_000  # somebody sets it by hand
            here.readings(10)
            await here.committed(20)
            await until(lambda: here.faults)
            here.clock.set_right()
            first, second = await corrections_of(here, 2)
            assert (first["first"], second["last"]) == (1, 20)
            assert first["last"] + 1 == second["first"] == 11
            assert near(first["offset_ms"], 3_600_000)
            assert near(second["offset_ms"], -60_000)
            ((what, state, detail),) = here.faults
            assert (what, state) == ("clock", "jumped")
            assert detail.startswith("UTC was set forwards by 3660 s"), "rounding apart"
            assert detail.endswith("; it is not trusted yet")

    asyncio.run(main())


def test_nothing_is_said_where_nothing_was_wrong(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Clock(0)
        clock.trusted = True
        async with station(tmp_path / "j.db", clock) as here:
            here.readings(10)
            await here.committed(10)
            await asyncio.sleep(0.1)
            assert await here.told("time-correction") == []
            assert here.faults == []

    asyncio.run(main())


def test_a_restart_of_the_agent_does_not_lose_the_rows_that_wait(tmp_path: Path) -> None:
    async def main() -> None:
        async with station(tmp_path / "j.db", Clock(7_200_000)) as here:
            here.readings(10)
            await here.committed(10)
            await asyncio.sleep(0.05)
        clock = Clock(7_200_000)
        async with station(tmp_path / "j.db", clock) as here:
            here.readings(4)
            await here.committed(4)
            clock.set_right()
            first, second = await corrections_of(here, 2)
            assert (first["boot"], first["first"], first["last"]) == (1, 1, 10)
            assert (second["boot"], second["first"], second["last"]) == (2, 11, 14)
            assert near(first["offset_ms"], 7_200_000)
            begins = [state[timekeeping.STATE_KEY]["from"] for state in here.states]
            assert begins == [11, 15], "with each event, or a kill right behind it would have it told twice"
        async with station(tmp_path / "j.db", clock) as here:  # and they are not corrected once more
            here.readings(4)
            await here.committed(4)
            await asyncio.sleep(0.1)
            assert len(await here.told("time-correction")) == 2

    asyncio.run(main())


def test_after_a_restart_of_the_machine_nobody_knows(tmp_path: Path) -> None:
    async def main() -> None:
        async with station(tmp_path / "j.db", Clock(7_200_000)) as here:
            here.readings(10)
            await here.committed(10)
            await asyncio.sleep(0.05)
        clock = Clock(0)
        async with station(tmp_path / "j.db", clock, machine="two") as here:
            clock.set_right()
            here.readings(4)
            await here.committed(4)
            await asyncio.sleep(0.1)
            (unknown,) = await here.told("time-unknown")
            assert (unknown["count"], unknown["ranges"]) == (10, [[1, 10]])
            assert unknown["reason"] == "restarted before UTC was trusted"
            assert await here.told("time-correction") == []

    asyncio.run(main())


def test_a_jump_of_a_trusted_clock_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Clock(0)
        clock.trusted = True
        async with station(tmp_path / "j.db", clock) as here:
            await asyncio.sleep(0.05)
            clock.wrong_by = 10_000
            await until(lambda: here.faults)
            ((what, state, detail),) = here.faults
            assert (what, state) == ("clock", "jumped")
            assert detail.startswith("UTC was set backwards by 10")
            await asyncio.sleep(0.05)
            assert len(here.faults) == 1, "once"

    asyncio.run(main())


@pytest.mark.parametrize(
    "saved", [7, "unreadable", {"from": "1"}, {"from": 3, "machine": 5, "corrections": [[1]]}]
)
def test_a_state_that_is_none_is_begun_anew(tmp_path: Path, saved: object) -> None:
    async def main() -> None:
        journal = Journal.open(tmp_path / "j.db", utc_ms=lambda: UTC)
        journal.commit([], [], {timekeeping.STATE_KEY: saved})
        journal.close()
        clock = Clock(5000)
        async with station(tmp_path / "j.db", clock) as here:
            here.readings(4)
            await here.committed(4)
            assert await here.recorder.ask(redatings) == []
            clock.set_right()
            (found,) = await corrections_of(here)
            assert (found["first"], found["last"]) == (1, 4)

    asyncio.run(main())


def test_damage_in_the_middle_leaves_the_rows_behind_it_their_correction(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Clock(5000)
        async with station(tmp_path / "j.db", clock) as here:
            for count in range(3):
                here.readings(10)
                await here.committed(10 * (count + 1))
            await here.recorder.ask(lambda journal: damage(journal, 11))
            clock.set_right()
            (found,) = await corrections_of(here)
            assert (found["first"], found["last"]) == (1, 30)

    asyncio.run(main())
