"""From the journal into the archive: nothing twice, nothing left out, however it is interrupted."""

import random

import pytest

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS
from store.archive_reader import ArchiveReader
from tests.store.archive_rig import CHANNELS, HOUR, MIDNIGHT, ArchiveRig, plant_readings

PERIODS = (MINUTE_MS, HOUR_MS)


@pytest.fixture
def rig(tmp_path):
    opened = ArchiveRig(tmp_path)
    yield opened
    opened.close()


def holds_what_was_journalled(rig, until, channels=CHANNELS):
    """Every closed minute and hour, and nothing but these."""
    for channel in channels:
        for period in PERIODS:
            due = [each for each in rig.computed(channel, period) if each.start < until]
            assert rig.read(channel, period) == due, (channel, period)


def test_an_hour_is_archived_when_it_is_over_and_not_before(rig):
    rig.put(plant_readings(HOUR, HOUR + HOUR_MS + 5000))
    rig.round(HOUR + HOUR_MS + 5999)
    assert rig.read("pid.voc", MINUTE_MS) == []
    rig.round(HOUR + HOUR_MS + 6000)
    holds_what_was_journalled(rig, HOUR + HOUR_MS)
    assert len(rig.read("pid.voc", MINUTE_MS)) == 60


def test_no_hour_is_closed_while_the_journal_may_lack_readings(rig):
    rig.put(plant_readings(HOUR, HOUR + HOUR_MS))
    rig.round(HOUR + 2 * HOUR_MS, settled=False)
    assert rig.read("pid.voc", MINUTE_MS) == []
    rig.round(HOUR + 2 * HOUR_MS)
    assert len(rig.read("pid.voc", MINUTE_MS)) == 60


def test_a_restart_at_any_question_leaves_out_nothing_and_takes_nothing_twice(rig):
    rng = random.Random(11)
    t = HOUR
    while t < HOUR + 4 * HOUR_MS:
        on = t + rng.randrange(60_000, 1_500_000)
        rig.put(plant_readings(-(-t // 10_000) * 10_000, on))
        rig.round(on, questions_max=rng.randrange(8))
        t = on
        if rng.random() < 0.5:
            rig.again()
    rig.round(t + HOUR_MS)
    holds_what_was_journalled(rig, t)
    assert rig.archiver.stats.revised == 0
    rig.again()
    rig.round(t + HOUR_MS)
    holds_what_was_journalled(rig, t)


def test_lines_that_answer_on_both_sides_of_the_hour_come_in_any_order(rig):
    said = list(plant_readings(HOUR, HOUR + 2 * HOUR_MS + 60_000))
    edge = next(at for at, each in enumerate(said) if each.t >= HOUR + HOUR_MS)
    said[edge - 2 : edge + 2] = reversed(said[edge - 2 : edge + 2])
    rig.put(said[: edge + 3])
    rig.round(HOUR + HOUR_MS + 6000)
    rig.again()
    rig.put(said[edge + 3 :])
    rig.round(HOUR + 2 * HOUR_MS + 60_000)
    holds_what_was_journalled(rig, HOUR + 2 * HOUR_MS)
    assert [len(rig.archive.spans(at)) for at in (HOUR, HOUR + HOUR_MS)] == [1, 1], "none was computed anew"


def test_the_mark_stays_behind_what_is_not_archived(rig):
    rig.put(plant_readings(HOUR, HOUR + HOUR_MS + 100_000))
    rig.round(HOUR + HOUR_MS + 100_000)
    archived = rig.archive.mark.seq
    assert rig.journal.readings(archived, archived, 1)[0][2].t < HOUR + HOUR_MS
    assert rig.journal.readings(archived + 1, archived + 1, 1)[0][2].t >= HOUR + HOUR_MS


def test_what_was_journalled_before_there_was_an_archive_is_archived(rig):
    rig.put(plant_readings(HOUR, HOUR + 9 * HOUR_MS))
    rig.round(HOUR + 10 * HOUR_MS)
    holds_what_was_journalled(rig, HOUR + 9 * HOUR_MS)


def test_a_finished_local_day_is_packed_into_one_row_and_reads_the_same(rig):
    rig.put(plant_readings(MIDNIGHT - HOUR_MS, MIDNIGHT + DAY_MS + HOUR_MS, every_ms=20_000))
    rig.round(MIDNIGHT + DAY_MS + HOUR_MS)
    rows = {
        table: rig.archive._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("hours", "days")
    }
    assert rows == {"hours": 0, "days": 4}  # the day before is over, too; the hour behind is still open
    holds_what_was_journalled(rig, MIDNIGHT + DAY_MS)
    for channel in CHANNELS:
        hours = rig.read(channel, HOUR_MS, MIDNIGHT)
        before, day = rig.read(channel, DAY_MS)
        assert day == rig.windows().day_of(channel, MIDNIGHT, hours)
        assert (day.start, day.counted, day.valid) == (MIDNIGHT, 0, False)  # three of six minutes are due
        assert (before.start, before.counted) == (MIDNIGHT - DAY_MS, 0)


def test_a_part_of_the_time_is_read_without_what_lies_beside(rig):
    rig.put(plant_readings(MIDNIGHT, MIDNIGHT + DAY_MS + 3 * HOUR_MS, every_ms=20_000))
    rig.round(MIDNIGHT + DAY_MS + 4 * HOUR_MS)
    first, last = MIDNIGHT + DAY_MS - 7 * MINUTE_MS, MIDNIGHT + DAY_MS + 61 * MINUTE_MS
    found = rig.read("pid.voc", MINUTE_MS, first, last)
    assert [each.start for each in found] == list(range(first, last, MINUTE_MS))
    assert rig.read("pid.voc", DAY_MS, MIDNIGHT + 1, MIDNIGHT + DAY_MS) == []


def unrevised(averages):
    return [each._replace(revision=0) for each in averages]


def set_back(rig, by_ms):
    """Two hours, then the clock goes back and comes on anew, to the end of the third."""
    rig.put(plant_readings(HOUR, HOUR + 2 * HOUR_MS))
    rig.round(HOUR + 2 * HOUR_MS + 6000)
    late = [
        each._replace(t=each.t + 3) for each in plant_readings(HOUR + 2 * HOUR_MS - by_ms, HOUR + 3 * HOUR_MS)
    ]
    rig.put(late)


def test_readings_of_an_hour_that_is_archived_make_it_anew_with_a_higher_revision(rig):
    set_back(rig, 600_000)
    before = rig.read("pid.voc", MINUTE_MS)
    rig.round(HOUR + 3 * HOUR_MS + 6000)
    found = rig.read("pid.voc", MINUTE_MS)
    assert [each.revision for each in found] == [0] * 110 + [1] * 10 + [0] * 60
    assert found[:110] == before[:110]
    assert found[115].counted > 6
    assert unrevised(found) == unrevised(rig.computed("pid.voc", MINUTE_MS))
    hours = rig.read("pid.voc", HOUR_MS)
    assert [each.revision for each in hours][:1] == [0]
    assert unrevised(hours) == unrevised(rig.computed("pid.voc", HOUR_MS))
    assert rig.archiver.stats.revised >= 20
    rig.again()
    rig.round(HOUR + 3 * HOUR_MS + 7000)
    assert rig.read("pid.voc", MINUTE_MS) == found, "the same readings are not late a second time"


def test_late_readings_survive_a_restart_before_their_hour_was_made_anew(rig):
    set_back(rig, 600_000)
    rig.round(HOUR + 3 * HOUR_MS + 5999)
    rig.again()
    rig.round(HOUR + 3 * HOUR_MS + 6000)
    found = rig.read("dust.tsp", MINUTE_MS)
    assert unrevised(found) == unrevised(rig.computed("dust.tsp", MINUTE_MS))


def test_a_day_that_is_packed_already_follows_its_hour(rig):
    rig.put(plant_readings(MIDNIGHT, MIDNIGHT + DAY_MS + HOUR_MS))
    rig.round(MIDNIGHT + DAY_MS + HOUR_MS + 6000)
    (day,) = rig.read("pid.voc", DAY_MS)
    late = [each._replace(value=900.0, flag="N") for each in plant_readings(HOUR, HOUR + HOUR_MS)]
    rig.put(late)
    rig.put(plant_readings(MIDNIGHT + DAY_MS + HOUR_MS, MIDNIGHT + DAY_MS + 2 * HOUR_MS))
    rig.round(MIDNIGHT + DAY_MS + 2 * HOUR_MS + 6000)
    (again,) = rig.read("pid.voc", DAY_MS)
    assert again.revision > day.revision == 0
    assert again.max == 900.0
    assert again.value > day.value + 10
    found = rig.read("pid.voc", MINUTE_MS)
    assert unrevised(found) == unrevised(rig.computed("pid.voc", MINUTE_MS))


def test_an_hour_that_the_journal_no_longer_has_stays_as_it_is(rig):
    set_back(rig, 600_000)
    while rig.journal.trim(0)[0].more:
        pass
    rig.put(plant_readings(HOUR + HOUR_MS, HOUR + HOUR_MS + 60_000))
    before = rig.read("pid.voc", MINUTE_MS)
    rig.put(plant_readings(HOUR + 3 * HOUR_MS, HOUR + 4 * HOUR_MS))
    rig.round(HOUR + 4 * HOUR_MS + 6000)
    assert rig.read("pid.voc", MINUTE_MS)[: len(before)] == before
    assert rig.archiver.stats.unplaced == 1


def test_a_clock_that_was_ahead_for_a_while_does_not_stop_the_archive(rig):
    ahead = HOUR + 12 * 365 * DAY_MS
    rig.put(plant_readings(HOUR, HOUR + 1_800_000))
    rig.round(HOUR + 1_800_000)
    rig.put(plant_readings(ahead, ahead + 60_000))
    rig.round(ahead + 60_000)  # which ends the hour of the right time, too
    rig.put(plant_readings(HOUR + 1_800_000, HOUR + 3 * HOUR_MS))
    rig.round(HOUR + 3 * HOUR_MS + 6000)
    found = rig.read("pid.voc", MINUTE_MS, 0, ahead - DAY_MS)
    due = [each for each in rig.computed("pid.voc", MINUTE_MS) if each.start < HOUR + 3 * HOUR_MS]
    assert [each._replace(revision=0) for each in found] == due


def test_a_new_journal_is_archived_behind_what_the_lost_one_gave(rig):
    rig.put(plant_readings(HOUR, HOUR + 2 * HOUR_MS))
    rig.round(HOUR + 2 * HOUR_MS + 6000)
    before = rig.read("pid.voc", MINUTE_MS)
    rig.close()
    for path in rig.folder.glob("journal.db*"):
        path.unlink()
    rig.open()
    rig.put(plant_readings(HOUR + 2 * HOUR_MS - 300_000, HOUR + 3 * HOUR_MS))
    rig.round(HOUR + 3 * HOUR_MS + 6000)
    found = rig.read("pid.voc", MINUTE_MS)
    assert found[:120] == before, "what a lost journal gave cannot be computed anew"
    assert found[120:] == rig.computed("pid.voc", MINUTE_MS)[120:]


def test_many_hours_at_once_never_lie_open_together(rig):
    rig.put(plant_readings(HOUR, HOUR + 40 * HOUR_MS, every_ms=60_000))
    conversation = rig.archiver.round(rig.journal.log, HOUR + 41 * HOUR_MS, True)
    most, question = 0, next(conversation)
    while question:
        most = max(most, len(rig.archiver._open))
        try:
            question = conversation.send(question(rig.journal))
        except StopIteration:
            break
    assert most <= 4
    holds_what_was_journalled(rig, HOUR + 40 * HOUR_MS)


def test_raw_readings_are_kept_where_asked_for(tmp_path):
    rig = ArchiveRig(tmp_path, raw=["pid.voc"])
    said = [
        each._replace(raw=each.value and each.value * 4, conditions=("hot",) if each.t % 7 == 0 else ())
        for each in plant_readings(HOUR, HOUR + HOUR_MS, every_ms=3000)
    ]
    rig.put(said)
    rig.again()
    rig.round(HOUR + HOUR_MS + 6000)
    reader = ArchiveReader(rig.path)
    first, last = HOUR + 600_000, HOUR + 1_800_000
    for channel in reader.channels():
        found = list(reader.readings(channel.number, first, last))
        due = [
            each._replace(channel="", mono=0) for each in said if each.channel == channel.name == "pid.voc"
        ]
        assert found == [each for each in due if first <= each.t < last]
    reader.close()
    rig.close()
