"""The archive's file: killed, full, damaged, grown old."""

import random
import sqlite3

import pytest

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS
from store.archive import Archive, ArchiveError, Filed, Mark, Span
from store.archive_reader import ArchiveReader
from store.archive_rows import Place
from store.averages import Average
from store.schema import Unusable
from tests.store.archive_rig import HOUR, MIDNIGHT, ArchiveRig, plant_readings

KILLED = """
import sys
from pathlib import Path
from tests.store.archive_rig import HOUR, ArchiveRig
rig = ArchiveRig(Path(sys.argv[1]))
now = HOUR
while True:
    now += 60_000
    conversation = rig.archiver.round(rig.journal.log, now, True)
    question = next(conversation)
    while question:
        print(rig.archive.mark.closed, flush=True)
        try:
            question = conversation.send(question(rig.journal))
        except StopIteration:
            break
"""


def day_of(channel, start, hours):
    return hours[0]._replace(start=start, end=start + DAY_MS)


def hour_at(start, value=1.0):
    minutes = [
        Average(at, at + MINUTE_MS, value, value, value, 6, 6)
        for at in range(start, start + HOUR_MS, MINUTE_MS)
    ]
    return minutes, Average(start, start + HOUR_MS, value, value, value, 60, 60)


def file_hour(archive, start, channels=("pid.voc",)):
    hours = {channel: hour_at(start, start // HOUR_MS % 50) for channel in channels}
    archive.write([Filed(hours, Span(start, 1, 2), {})], Mark("log", 2, start + HOUR_MS))


def compact_all(archive, over):
    while archive.compact(over, lambda t: t // DAY_MS * DAY_MS, day_of):
        pass


@pytest.fixture
def archive(tmp_path):
    opened = Archive(tmp_path / "archive.db", {"pid.voc": "ppm"})
    yield opened
    opened.close()


def days_in(archive):
    reader = ArchiveReader(archive.path)
    found = [each.start for each in reader.averages(1, DAY_MS, *reader.extent())]
    reader.close()
    return found


@pytest.mark.slow
def test_killed_at_any_instant_and_started_again_it_holds_what_was_journalled(tmp_path, child):
    rig = ArchiveRig(tmp_path)
    end = MIDNIGHT + DAY_MS + 6 * HOUR_MS
    rig.put(plant_readings(MIDNIGHT, end, every_ms=30_000), batch=5000)
    rig.close()
    rng = random.Random(5)
    for _ in range(8):
        process = child(KILLED, tmp_path)
        for _ in range(rng.randrange(1, 40)):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
    rig.open()
    rig.round(end + HOUR_MS)
    for period in (MINUTE_MS, HOUR_MS):
        assert rig.read("pid.voc", period) == rig.computed("pid.voc", period)
    rig.close()


def test_a_full_disk_loses_nothing_and_it_goes_on(tmp_path):
    channels = [f"c{at}" for at in range(20)]
    rig = ArchiveRig(tmp_path, channels)
    rig.put(plant_readings(HOUR, HOUR + 4 * HOUR_MS, channels, every_ms=30_000))
    for hour in range(1, 5):
        (pages,) = rig.archive._db.execute("PRAGMA page_count").fetchone()
        rig.archive._db.execute(f"PRAGMA max_page_count={pages}")
        for _ in range(2):
            with pytest.raises(ArchiveError, match="disk full") as failure:
                rig.round(HOUR + hour * HOUR_MS + 6000)
            assert not failure.value.malformed
        rig.archive._db.execute("PRAGMA max_page_count=10000")
        rig.round(HOUR + hour * HOUR_MS + 6000)
        assert rig.archive.mark.closed == HOUR + hour * HOUR_MS
    assert all(rig.read(channel, MINUTE_MS) == rig.computed(channel, MINUTE_MS) for channel in channels)
    rig.close()


def test_after_a_failure_a_new_channel_is_new_again(tmp_path):
    archive = Archive(tmp_path / "archive.db", {}, max_pages=14)
    file_hour(archive, HOUR)
    with pytest.raises(ArchiveError, match="disk full"):
        file_hour(archive, HOUR + HOUR_MS, [f"c{at}" for at in range(60)])
    archive._db.execute("PRAGMA max_page_count=1000")
    file_hour(archive, HOUR + HOUR_MS, [f"c{at}" for at in range(60)])
    archive.close()
    reader = ArchiveReader(tmp_path / "archive.db")
    assert [each.name for each in reader.channels()] == ["pid.voc", *(f"c{at}" for at in range(60))]
    assert len(list(reader.averages(61, MINUTE_MS, HOUR, HOUR + 2 * HOUR_MS))) == 60
    reader.close()


def test_a_channel_whose_unit_was_changed_is_another_one(archive, tmp_path):
    file_hour(archive, HOUR)
    other = Archive(tmp_path / "archive.db", {"pid.voc": "ppb"})
    file_hour(other, HOUR + HOUR_MS)
    other.close()
    reader = ArchiveReader(archive.path)
    assert [each[1:] for each in reader.channels()] == [("pid.voc", "ppm"), ("pid.voc", "ppb")]
    reader.close()


def test_retention_counts_days_that_are_held_and_a_clock_ahead_costs_nothing(archive):
    for day in (0, 1, 2, 9, 10, 20_000):  # the station was off for a week; then the clock was 50 years ahead
        file_hour(archive, MIDNIGHT // DAY_MS * DAY_MS + day * DAY_MS + 7 * HOUR_MS)
        compact_all(archive, 2**45)
    held = days_in(archive)
    assert len(held) == 6
    assert archive.prune(6) == 0
    assert archive.prune(4) == 1
    assert archive.prune(4) == 1
    assert archive.prune(4) == 0
    assert days_in(archive) == held[2:]


def test_raw_readings_go_with_their_day(tmp_path):
    rig = ArchiveRig(tmp_path, raw=["pid.voc"], keep_days=1)
    rig.put(plant_readings(MIDNIGHT, MIDNIGHT + 2 * DAY_MS + HOUR_MS, every_ms=120_000), batch=5000)
    rig.round(MIDNIGHT + 2 * DAY_MS + 2 * HOUR_MS)
    assert [each.start for each in rig.read("pid.voc", DAY_MS)] == [MIDNIGHT + DAY_MS]
    reader = ArchiveReader(rig.path)
    times = [each.t for each in reader.readings(1, MIDNIGHT, MIDNIGHT + 3 * DAY_MS)]
    reader.close()
    assert times[-1] == rig.kept[-2].t
    # Up to a day more than their averages: where its hours end is a matter of utc_offset.
    assert MIDNIGHT < times[0] <= MIDNIGHT + DAY_MS
    rig.close()


def flipped(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_a_flipped_byte_anywhere_never_becomes_a_value_and_costs_little(tmp_path):
    rig = ArchiveRig(tmp_path, raw=["pid.voc"])
    rig.put(plant_readings(MIDNIGHT, MIDNIGHT + DAY_MS + 3 * HOUR_MS, every_ms=30_000), batch=5000)
    rig.round(MIDNIGHT + DAY_MS + 4 * HOUR_MS)
    true = {
        (channel, each)
        for channel in (1, 2)
        for each in rig.read(("pid.voc", "dust.tsp")[channel - 1], MINUTE_MS)
    }
    rig.close()
    whole, rng = rig.path.read_bytes(), random.Random(7)
    unreadable = lost_most = 0
    for _ in range(120):
        rig.path.write_bytes(whole)
        flipped(rig.path, rng.randrange(100, len(whole)))
        try:
            reader = ArchiveReader(rig.path)
        except (Unusable, sqlite3.DatabaseError):
            unreadable += 1
            continue
        try:
            found = {
                (c, each)
                for c in (1, 2)
                for each in reader.averages(c, MINUTE_MS, MIDNIGHT, MIDNIGHT + 2 * DAY_MS)
            }
        except sqlite3.DatabaseError:  # of a kind that no other program would read either
            unreadable += 1
            continue
        finally:
            reader.close()
        assert found <= true
        assert found == true or reader.damaged, "what is missing was not named"
        lost_most = max(lost_most, len(true - found))
    assert unreadable < 12
    assert 0 < lost_most <= len(true) / 2 + 60


def test_what_is_damaged_is_found_by_looking_at_every_row(tmp_path, archive):
    for at in range(30):
        file_hour(archive, MIDNIGHT + at * HOUR_MS, ("a", "b", "c"))
    compact_all(archive, MIDNIGHT + DAY_MS)
    archive._db.execute("UPDATE days SET minutes=zeroblob(40) WHERE id & 65535 = 2")
    archive._db.execute("UPDATE hours SET hour='text' WHERE id=(SELECT max(id) FROM hours)")
    reader = ArchiveReader(archive.path)
    places = [place for table in ("days", "hours", "raw") for place in reader.places(table)]
    bad = [place for place in places if not reader.is_whole(place)]
    assert len(places) == len(set(places))
    assert [(place.table, place.channel) for place in bad] == [("days", 2), ("hours", 3)]
    reader.close()


def test_rows_of_pages_that_cannot_be_followed_are_looked_for_one_by_one(tmp_path):
    path = tmp_path / "archive.db"
    archive = Archive(path, {})
    for at in range(200):
        file_hour(archive, MIDNIGHT + at * HOUR_MS, ("a", "b"))
    archive.close()
    data = bytearray(path.read_bytes())
    # A leaf page of `hours` begins with 13; break one in the middle of the file.
    pages = [at for at in range(0, len(data), 1024) if data[at] == 13 and at]
    data[pages[len(pages) // 2]] = 0
    path.write_bytes(data)
    reader = ArchiveReader(path)
    found = list(reader.averages(1, MINUTE_MS, MIDNIGHT, MIDNIGHT + 200 * HOUR_MS))
    assert 0 < len(reader.damaged) <= 4
    assert len(found) == 60 * (200 - len(reader.damaged))
    bad = [place for place in reader.places("hours") if not reader.is_whole(place)]
    assert set(reader.damaged) <= set(bad)
    assert all(isinstance(place, Place) for place in bad)
    reader.close()


def test_another_file_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "foreign.db"
    sqlite3.connect(path).executescript("CREATE TABLE t (x)")
    before = path.read_bytes()
    for opening in (lambda: Archive(path, {}), lambda: ArchiveReader(path)):
        with pytest.raises(Unusable, match="some other program"):
            opening()
    assert path.read_bytes() == before
    path = tmp_path / "newer.db"
    Archive(path, {}).close()
    sqlite3.connect(path).execute("PRAGMA user_version=99")
    with pytest.raises(Unusable, match="version 99"):
        Archive(path, {})
