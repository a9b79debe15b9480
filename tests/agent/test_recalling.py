"""A restart in the middle of windows: from archive and journal, every average comes out as without it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.pipeline.averaging import Averaged, Averaging
from agent.pipeline.windows import HOUR_MS, MINUTE_MS, Rule
from agent.recalling import Recalling
from store.journal import Journal
from store.recorder import Recorder
from store.rows import Reading
from tests.store.archive_rig import CHANNELS, EVERY_MS, MIDNIGHT, ArchiveRig, plant_readings
from tests.store.room_rig import damage

RULES = dict.fromkeys(CHANNELS, Rule(float(EVERY_MS)))
ROLLING = ("rolling:10m", "rolling:60m", "rolling:3h")
END = MIDNIGHT + 25 * HOUR_MS + 20 * MINUTE_MS


def averaging() -> Averaging:
    return Averaging(RULES, 480, ROLLING)


def fed(stage: Averaging, readings: list[Reading]) -> list[Averaged]:
    made: list[Averaged] = []
    for each in readings:
        stage.add(each)
        made += stage.close(each.t)
    while closed := stage.close(END):
        made += closed
    return made


def recalled(path: Path, archive: Path, waiting: list[Reading]) -> Averaging:
    """As a new run of the agent finds it; `waiting` came in before all was recalled."""
    stage = averaging()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as thread:
            journal = await loop.run_in_executor(thread, lambda: Journal.open(path, utc_ms=lambda: END))
            recorder = Recorder(
                journal,
                run=lambda work: loop.run_in_executor(thread, work),
                utc_ms=lambda: END,
                monotonic=loop.time,
            )
            task = Recalling(stage, recorder, archive, journal.last_seq)
            for each in waiting:
                stage.add(each)
            assert stage.close(END) == [], "nothing closes meanwhile"
            running = asyncio.create_task(task.run())
            async with asyncio.timeout(30):
                while not task.is_over:  # noqa: ASYNC110 - the journal's thread fulfils it
                    await asyncio.sleep(0.001)
            running.cancel()
            await asyncio.wait([running])
            await loop.run_in_executor(thread, journal.close)

    asyncio.run(main())
    return stage


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return list(plant_readings(MIDNIGHT, MIDNIGHT + 25 * HOUR_MS, every_ms=EVERY_MS))


@pytest.fixture(scope="module")
def uninterrupted(readings: list[Reading]) -> list[Averaged]:
    return fed(averaging(), readings)


@pytest.mark.parametrize(
    ("cut_ms", "archived_ms"),
    [
        pytest.param(37 * MINUTE_MS + 12_345, 0, id="in the first hour"),
        pytest.param(22 * HOUR_MS + 37 * MINUTE_MS, 22 * HOUR_MS + 30 * MINUTE_MS, id="in a later one"),
        pytest.param(9 * HOUR_MS + 500, 9 * HOUR_MS + 500, id="as an hour ends, not archived yet"),
        pytest.param(9 * HOUR_MS + 30 * MINUTE_MS, 7 * HOUR_MS, id="the archive is behind"),
        pytest.param(6 * HOUR_MS + 59_000, None, id="without an archive"),
    ],
)
def test_a_restart_in_the_middle_of_a_window_loses_nothing(
    tmp_path: Path,
    readings: list[Reading],
    uninterrupted: list[Averaged],
    cut_ms: int,
    archived_ms: int | None,
) -> None:
    cut = MIDNIGHT + cut_ms
    before = [each for each in readings if each.t < cut]
    after = [each for each in readings if each.t >= cut]
    rig = ArchiveRig(tmp_path)
    rig.put(before)
    if archived_ms is not None:
        rig.round(MIDNIGHT + archived_ms)
    rig.close()
    archive = tmp_path / ("archive.db" if archived_ms is not None else "no such file")

    made = fed(recalled(tmp_path / "journal.db", archive, after[:7]), after[7:])

    due = [each for each in uninterrupted if each.average.end + 1000 > before[-1].t]
    assert sorted(made) == sorted(due)
    assert {each.period for each in made} > {"1m", "15m", "1h", "rolling:60m", "rolling:3h"}


def test_readings_of_archived_windows_are_left_to_the_archive(
    tmp_path: Path, readings: list[Reading], uninterrupted: list[Averaged]
) -> None:
    cut = MIDNIGHT + 3 * HOUR_MS + 20 * MINUTE_MS
    rig = ArchiveRig(tmp_path)
    rig.put([each for each in readings if each.t < cut])
    rig.round(cut)
    rig.close()
    archived = [each._replace(value=5000.0) for each in readings if each.t < cut - 21 * MINUTE_MS]
    late = [*archived[:50], *archived[-100:]]
    stage = recalled(tmp_path / "journal.db", tmp_path / "archive.db", late)
    made = fed(stage, [each for each in readings if each.t >= cut])
    assert sorted(made) == sorted(each for each in uninterrupted if each.average.end + 1000 > cut - 1)


def test_windows_end_though_nothing_is_measured_any_more(tmp_path: Path, readings: list[Reading]) -> None:
    before = [each for each in readings if each.t < MIDNIGHT + 16 * HOUR_MS]
    rig = ArchiveRig(tmp_path)
    rig.put(before)
    rig.round(MIDNIGHT + 17 * HOUR_MS)
    rig.close()
    made = fed(recalled(tmp_path / "journal.db", tmp_path / "archive.db", []), [])
    due = [each for each in fed(averaging(), before) if each.average.end > MIDNIGHT + 16 * HOUR_MS]
    assert sorted(made) == sorted(due)
    assert {each.period for each in made} == {"1d", "rolling:3h", "rolling:10m", "rolling:60m"}


def test_damage_costs_no_more_than_what_is_damaged(tmp_path: Path, readings: list[Reading]) -> None:
    before = readings[:2000]
    rig = ArchiveRig(tmp_path)
    rig.put(before, batch=50)
    damage(rig.journal, 101)
    rig.close()
    made = fed(recalled(tmp_path / "journal.db", tmp_path / "no such file", []), [])
    sound = before[:100] + before[150:]
    due = [each for each in fed(averaging(), sound) if each.average.end + 1000 > before[-1].t]
    assert sorted(made) == sorted(due)
    assert "1h" in {each.period for each in made}
