"""Clocks that are wrong, are set and jump: nothing is lost or counted twice on the way to the archive."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path

import pytest

from agent import timekeeping
from agent.pipeline.windows import HOUR_MS, MINUTE_MS
from agent.timekeeping import redatings
from store.journal import Journal
from store.rows import Reading
from tests.agent.timekeeping_rig import UTC, Clock, Station, station, until
from tests.store.archive_rig import ArchiveRig


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timekeeping, "LOOK_EVERY_S", 0.005)


class SteppedClock(Clock):
    """Stands still unless the test moves it on, so that hours pass at once."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


class Measuring:
    """Measures once in ten seconds while the clock is set about, and archives what is journalled.

    due: the readings as a clock that was right would have stamped them; one that was set while it was
    trusted is believed, and so is one of which nobody learns any more how far it was off.
    """

    def __init__(self, folder: Path, clock: SteppedClock) -> None:
        self.folder, self.clock = folder, clock
        self.rig = ArchiveRig(folder, channels=("pid.voc",), corrections=redatings)
        self.rig.journal.close()  # the recorder has its own
        self.due: list[Reading] = []
        self._unknown: list[tuple[Reading, Reading]] = []  # as due; as stamped
        self._machine = 1

    async def run(self, steps: list[tuple[str, int]]) -> None:
        """Each restart is a run of the agent on the same files."""
        while steps:
            machine = f"boot {self._machine}"
            async with station(self.folder / "journal.db", self.clock, machine) as here:
                while steps:
                    what, number = steps.pop(0)
                    if what in ("restart", "reboot"):
                        break
                    await getattr(self, what)(here, number)
                await self.committed(here)
                if not steps:
                    await self.archive(here, self.clock.utc_ms() + 90 * 86_400_000)
            if what == "reboot":  # the monotonic clock begins anew: they stay as they are
                self._machine += 1
                self.due += [stamped for _, stamped in self._unknown]
                self._unknown.clear()

    async def measure(self, here: Station, minutes: int) -> None:
        for number in range(minutes * 6):
            self.clock.now_s += 10
            mono, trusted = round(self.clock.now_s * 1000), self.clock.trusted
            value = 10 + number % 7 / 10
            stamped = Reading("pid.voc", self.clock.utc_ms(), mono, trusted, value, None, "N")
            here.recorder.put(stamped)
            if trusted:
                self.due.append(stamped)
            else:
                self._unknown.append((stamped._replace(t=UTC + mono, trusted=True), stamped))
        await self.committed(here)
        await self.archive(here, self.clock.utc_ms())

    async def set_wrong(self, here: Station, by_ms: int) -> None:
        self.clock.wrong_by, self.clock.trusted = by_ms, False
        await asyncio.sleep(0.03)  # the timekeeper looks every 5 ms

    async def set_trusted(self, here: Station, by_ms: int) -> None:
        await self.set_right(here, 0)
        self.clock.wrong_by = by_ms

    async def set_right(self, here: Station, _: int) -> None:
        self.clock.now_s += 1
        self.clock.set_right()
        last = here.recorder.last_seq if self._unknown else 0

        def covered(journal: Journal) -> bool:
            return any(each.last >= last for each in redatings(journal))

        while self._unknown and not await here.recorder.ask(covered):  # noqa: ASYNC110 - on its thread
            await asyncio.sleep(0.005)
        self.due += [due for due, _ in self._unknown]
        self._unknown.clear()

    async def committed(self, here: Station) -> None:
        mono = round(self.clock.now_s * 1000)
        await until(lambda: here.recorder.is_on_disk(mono))

    async def archive(self, here: Station, now_ms: int) -> None:
        conversation = self.rig.archiver.round(here.journal.log, now_ms, settled=True)
        question = next(conversation, None)
        with suppress(StopIteration):
            while question is not None:
                question = conversation.send(await here.recorder.ask(question))

    def is_right(self) -> None:
        """No reading is missing, none counts twice, none stands elsewhere; withdrawn windows apart."""
        due = sorted(self.due, key=lambda reading: reading.t)
        for period in (MINUTE_MS, HOUR_MS):
            rows = self.rig.read("pid.voc", period, 0, 10**14)
            archived = [row._replace(revision=0) for row in rows if row.counted or row.left_out]
            assert archived == self.rig.computed("pid.voc", period, due)
        assert self.rig.archiver.stats.unplaced == self.rig.archiver.stats.lost == 0
        self.rig.archive.close()


H = HOUR_MS
SINCE_1970 = UTC - 86_400_000
PLAYS = {
    "boots in 1970": [("measure", 150), ("set_right", 0), ("measure", 150)],
    "boots at the last saved time": [
        ("set_right", 0),
        ("measure", 70),
        ("restart", 0),
        ("set_wrong", H),
        ("measure", 90),
        ("set_right", 0),
        ("measure", 90),
    ],
    "set back while trusted": [("set_right", 0), ("measure", 200), ("set_trusted", 2 * H), ("measure", 200)],
    "set forward while trusted": [
        ("set_right", 0),
        ("measure", 90),
        ("set_trusted", -30 * H),
        ("measure", 90),
    ],
    "the agent restarts": [
        ("measure", 70),
        ("restart", 0),
        ("measure", 70),
        ("restart", 0),
        ("set_right", 0),
        ("measure", 70),
    ],
    "the machine restarts": [("measure", 70), ("reboot", 0), ("set_right", 0), ("measure", 70)],
}


def play(folder: Path, steps: list[tuple[str, int]]) -> None:
    measuring = Measuring(folder, SteppedClock(SINCE_1970))
    asyncio.run(measuring.run(list(steps)))
    measuring.is_right()


@pytest.mark.parametrize("name", PLAYS)
def test_the_archive_is_that_of_a_clock_that_was_right(tmp_path: Path, name: str) -> None:
    play(tmp_path, PLAYS[name])


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_clock_does_nothing_is_lost_or_counted_twice(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    steps: list[tuple[str, int]] = []
    for _ in range(6):
        steps.append(("measure", rng.randrange(1, 100)))
        wrong_by = rng.choice((SINCE_1970, 3 * H, -2 * H, 90_000))
        what = rng.choice(("set_wrong", "set_right", "set_right", "restart"))
        steps.append((what, wrong_by))
    play(tmp_path, [*steps, ("measure", 30), ("set_right", 0), ("measure", 30)])
