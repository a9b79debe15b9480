"""Readings whose time was wrong: in the end the archive is that of a clock that was right all the time."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS
from store.archive_reader import ArchiveReader
from store.averages import Average
from store.owed import Owed
from store.redating import Redating, redated
from tests.store.archive_rig import CHANNELS, HOUR, ArchiveRig, plant_readings

PERIODS = (MINUTE_MS, HOUR_MS)


class Station:
    """A rig whose clock may be wrong: wrong_by is what it is behind, in ms."""

    def __init__(self, folder, **options):
        self.known: list[Redating] = []
        self.rig = ArchiveRig(folder, corrections=lambda journal: list(self.known), **options)
        self.truth: list = []

    def measure(self, first, last, wrong_by=0):
        """Readings of that (true) time; those of a wrong clock are not trusted. Their seqs."""
        due = list(plant_readings(first, last))
        self.truth += due
        before = self.rig.journal.last_seq
        stamped = [each._replace(t=each.t - wrong_by, trusted=False) if wrong_by else each for each in due]
        self.rig.put(stamped)
        return before + 1, self.rig.journal.last_seq

    def put_right(self, seqs, wrong_by):
        self.known.append(Redating(*seqs, wrong_by))

    def archived(self, channel, period):
        """As it stands, less what was withdrawn: that has no value, counts nothing, and was revised."""
        rows = self.rig.read(channel, period, 0, 10**14)
        return [_plain(each) for each in rows if not is_withdrawn(each)]

    def due(self, channel, period, until):
        truth = sorted(self.truth, key=lambda each: each.t)
        return [_plain(each) for each in self.rig.computed(channel, period, truth) if each.start < until]

    def is_right(self, until):
        for channel in CHANNELS:
            for period in PERIODS:
                assert self.archived(channel, period) == self.due(channel, period, until), (channel, period)


def _plain(average: Average) -> Average:
    return average._replace(revision=0)


def is_withdrawn(average: Average) -> bool:
    return average.revision > 0 and average.value is None and not (average.counted or average.left_out)


@pytest.fixture
def station(tmp_path):
    opened = Station(tmp_path)
    yield opened
    opened.rig.close()


LONG_AGO = HOUR - 20 * DAY_MS  # where a box without a battery clock begins


def test_a_stretch_that_is_archived_moves_to_where_it_belongs(station):
    wrong_by = HOUR - LONG_AGO
    seqs = station.measure(HOUR, HOUR + 2 * HOUR_MS, wrong_by)
    station.rig.round(LONG_AGO + 3 * HOUR_MS)
    assert len(station.rig.read("pid.voc", HOUR_MS)) == 2, "under the time that they say"
    station.put_right(seqs, wrong_by)
    station.measure(HOUR + 2 * HOUR_MS, HOUR + 3 * HOUR_MS)
    station.rig.round(HOUR + 4 * HOUR_MS)
    station.is_right(HOUR + 3 * HOUR_MS)
    withdrawn = [each for each in station.rig.read("pid.voc", HOUR_MS) if is_withdrawn(each)]
    assert [each.start for each in withdrawn] == [LONG_AGO, LONG_AGO + HOUR_MS]
    assert [each.revision for each in withdrawn] == [1, 1]
    assert station.rig.archiver.stats.unplaced == 0


def test_a_stretch_in_the_middle_of_an_hour_comes_into_an_archived_one(station):
    """The hour before it and behind it is archived, and its seqs lie among those of that hour."""
    minute = 60_000
    station.measure(HOUR, HOUR + 10 * minute)
    seqs = station.measure(HOUR + 10 * minute, HOUR + 30 * minute, 5 * HOUR_MS)
    station.measure(HOUR + 30 * minute, HOUR + HOUR_MS)
    station.rig.round(HOUR + 2 * HOUR_MS)
    assert station.archived("pid.voc", HOUR_MS) != station.due("pid.voc", HOUR_MS, HOUR + HOUR_MS)
    station.put_right(seqs, 5 * HOUR_MS)
    station.rig.round(HOUR + 2 * HOUR_MS)
    station.is_right(HOUR + HOUR_MS)
    (hour,) = [each for each in station.rig.read("pid.voc", HOUR_MS) if not is_withdrawn(each)]
    assert (hour.revision, hour.trusted) == (1, True)
    station.rig.round(HOUR + 2 * HOUR_MS)
    assert station.rig.archiver.stats.revised > 0
    before = station.rig.read("pid.voc", MINUTE_MS)
    station.rig.again()
    station.rig.round(HOUR + 2 * HOUR_MS)
    assert station.rig.read("pid.voc", MINUTE_MS) == before, "applied once"


def test_a_clock_that_was_ahead_by_a_year(station):
    seqs = station.measure(HOUR, HOUR + HOUR_MS, -365 * DAY_MS)
    station.rig.round(HOUR + 366 * DAY_MS)
    station.put_right(seqs, -365 * DAY_MS)
    station.measure(HOUR + HOUR_MS, HOUR + 2 * HOUR_MS)
    station.rig.round(HOUR + 3 * HOUR_MS)
    station.is_right(HOUR + 2 * HOUR_MS)


def test_a_day_that_is_packed_is_put_right_too(station):
    wrong_by = HOUR - LONG_AGO
    seqs = station.measure(HOUR, HOUR + 2 * HOUR_MS, wrong_by)
    station.rig.round(HOUR + 2 * HOUR_MS)  # the wrong days are long over: packed
    (day,) = [each for each in station.rig.read("pid.voc", DAY_MS) if each.counted]
    assert not is_withdrawn(day)
    station.put_right(seqs, wrong_by)
    for _ in range(3):
        station.rig.round(HOUR + 3 * DAY_MS)
    station.is_right(HOUR + 2 * HOUR_MS)
    days = station.rig.read("pid.voc", DAY_MS)
    assert [each.counted > 0 for each in days] == [False, True]
    assert days[0].revision > 0


def test_raw_readings_move_along(tmp_path):
    station = Station(tmp_path, raw=("pid.voc",))
    wrong_by = HOUR - LONG_AGO
    seqs = station.measure(HOUR, HOUR + HOUR_MS, wrong_by)
    station.rig.round(LONG_AGO + 2 * HOUR_MS)
    station.put_right(seqs, wrong_by)
    station.rig.round(HOUR + 2 * HOUR_MS)
    reader = ArchiveReader(tmp_path / "archive.db")
    (number,) = [known.number for known in reader.channels() if known.name == "pid.voc"]
    found = list(reader.readings(number, 0, HOUR + DAY_MS))
    reader.close()
    assert [each.t for each in found] == [each.t for each in station.truth if each.channel == "pid.voc"]
    assert all(each.trusted for each in found)
    station.rig.close()


def test_what_the_journal_no_longer_has_is_counted_and_left(station):
    wrong_by = HOUR - LONG_AGO
    seqs = station.measure(HOUR, HOUR + HOUR_MS, wrong_by)
    station.rig.round(LONG_AGO + 2 * HOUR_MS)
    before = station.rig.read("pid.voc", MINUTE_MS)
    while station.rig.journal.trim(0)[0].more:
        pass
    station.put_right(seqs, wrong_by)
    station.rig.round(HOUR + 2 * HOUR_MS)
    assert station.rig.read("pid.voc", MINUTE_MS) == before
    assert station.rig.archiver.stats.unplaced == 1


def test_nothing_is_withdrawn_that_cannot_come_to_its_right_hour(station):
    """The journal has the stretch still, but not the rest of the archived hour to which it belongs."""
    minute = 60_000
    station.measure(HOUR, HOUR + 20 * minute)
    first, last = station.measure(HOUR + 20 * minute, HOUR + HOUR_MS, 5 * HOUR_MS)
    station.rig.round(HOUR + 2 * HOUR_MS)
    before = station.rig.read("pid.voc", MINUTE_MS)
    journal = station.rig.journal
    journal.trim(journal.size_bytes() - 1, Owed([[(first, last)]], archived=last))
    assert [seq for seq, _, _ in journal.readings(1, last, 1)] == [first]
    station.put_right((first, last), 5 * HOUR_MS)
    station.rig.round(HOUR + 2 * HOUR_MS)
    assert station.rig.read("pid.voc", MINUTE_MS) == before
    assert station.rig.archiver.stats.unplaced == 1


def test_what_the_journal_has_only_as_means_is_counted_and_left(station):
    wrong_by = HOUR - LONG_AGO
    # Alone in its minute, the first reading stays as it is: the means behind it have to be noticed.
    first, last = station.measure(HOUR + 50_000, HOUR + HOUR_MS, wrong_by)
    station.rig.round(LONG_AGO + 2 * HOUR_MS)
    before = station.rig.read("pid.voc", MINUTE_MS)
    journal = station.rig.journal
    journal.trim(journal.size_bytes() - 1, Owed([[(first, last)]], archived=last))
    assert [seq for seq, _, _ in journal.readings(first, last, 1)] == [first]
    station.put_right((first, last), wrong_by)
    station.rig.round(HOUR)
    assert station.rig.read("pid.voc", MINUTE_MS) == before
    assert station.rig.archiver.stats.unplaced == 1


def test_a_restart_of_the_machine_leaves_them_where_they_are(station):
    station.measure(HOUR, HOUR + HOUR_MS, HOUR - LONG_AGO)
    station.measure(HOUR + HOUR_MS, HOUR + 2 * HOUR_MS)
    station.rig.round(HOUR + 3 * HOUR_MS)
    first, *_ = station.rig.read("pid.voc", HOUR_MS)
    assert (first.start, first.trusted, first.revision) == (LONG_AGO, False, 0)


@settings(max_examples=25, deadline=None)
@given(
    stretches=st.lists(
        st.tuples(
            st.integers(3, 50), st.sampled_from([0, 0, 3 * HOUR_MS, -2 * HOUR_MS, 90_000, 30 * DAY_MS])
        ),
        min_size=1,
        max_size=6,
    ),
    seed=st.integers(0, 10**6),
)
def test_whatever_the_clock_did_it_comes_out_as_if_it_had_been_right(tmp_path_factory, stretches, seed):
    """Interrupted at any question, restarted at any time."""
    rng = random.Random(seed)
    station = Station(tmp_path_factory.mktemp("redating"))
    now, late = HOUR, []
    for minutes, wrong_by in stretches:
        seqs = station.measure(now, now + minutes * 60_000, wrong_by)
        now += minutes * 60_000
        if wrong_by:
            late.append((seqs, wrong_by))
        station.rig.round(now + rng.choice((0, 60 * DAY_MS)), questions_max=rng.randrange(12))
        if late and rng.random() < 0.5:
            for each in late:
                station.put_right(*each)
            late = []
        station.rig.round(now, questions_max=rng.randrange(12))
        if rng.random() < 0.5:
            station.rig.again()
    for each in late:
        station.put_right(*each)
    station.rig.round(now + 90 * DAY_MS, questions_max=rng.randrange(30))
    station.rig.again()
    station.rig.round(now + 90 * DAY_MS)
    station.is_right(now + 90 * DAY_MS)
    station.rig.close()


def test_who_is_put_right():
    reading = next(plant_readings(HOUR, HOUR + 10_000))
    wrong = reading._replace(trusted=False)
    known = [Redating(5, 9, 1000), Redating(20, 20, -7)]
    assert redated(5, wrong, known) == wrong._replace(t=wrong.t + 1000, trusted=True)
    assert redated(20, wrong, known) == wrong._replace(t=wrong.t - 7, trusted=True)
    assert redated(10, wrong, known) == wrong
    assert redated(5, reading, known) == reading, "what was trusted stays"
