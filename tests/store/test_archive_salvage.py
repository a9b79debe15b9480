"""What can be read of a damaged archive goes on in a new one."""

import sqlite3

import pytest

import store.archive_salvage
from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS
from store.archive_reader import ArchiveReader
from store.archive_salvage import renew
from tests.store.archive_rig import HOUR, MIDNIGHT, ArchiveRig, plant_readings


@pytest.fixture
def rig(tmp_path):
    """A packed day, and some hours of the next."""
    opened = ArchiveRig(tmp_path, raw=["pid.voc"])
    opened.put(plant_readings(MIDNIGHT, MIDNIGHT + DAY_MS + 9 * HOUR_MS, every_ms=60_000), batch=5000)
    opened.round(MIDNIGHT + DAY_MS + 10 * HOUR_MS)
    opened.close()
    return opened


def minutes_in(path):
    reader = ArchiveReader(path)
    found = {
        (channel.name, each.start)
        for channel in reader.channels()
        for each in reader.averages(channel.number, MINUTE_MS, *reader.extent())
    }
    reader.close()
    return found


def break_page(path, table, at):
    """Make a leaf page of that table no page at all."""
    db = sqlite3.connect(path)
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name=?", (table,)).fetchone()
    db.close()
    data = bytearray(path.read_bytes())
    page = (root - 1) * 1024
    if data[page] == 5:  # an inner page: follow one of its cells
        cell = int.from_bytes(data[page + 12 + 2 * at : page + 14 + 2 * at], "big")
        page = (int.from_bytes(data[page + cell : page + cell + 4], "big") - 1) * 1024
    assert data[page] == 13
    data[page] = 0
    path.write_bytes(data)


def test_all_but_the_damaged_page_goes_on_and_is_filled_further(rig):
    whole = minutes_in(rig.path)
    break_page(rig.path, "hours", 1)
    done = renew(rig.path, HOUR)
    assert done.lost >= 1
    assert done.aside.exists()
    saved = minutes_in(rig.path)
    assert saved < whole
    assert len(whole - saved) % 60 == 0, "whole hours"
    rig.open()
    rig.put(
        plant_readings(MIDNIGHT + DAY_MS + 9 * HOUR_MS, MIDNIGHT + DAY_MS + 11 * HOUR_MS, every_ms=60_000)
    )
    rig.round(MIDNIGHT + DAY_MS + 12 * HOUR_MS)
    assert len(rig.read("pid.voc", MINUTE_MS, MIDNIGHT + DAY_MS + 9 * HOUR_MS)) == 120
    assert rig.archiver.stats.revised == 0
    rig.close()


def test_where_the_mark_is_lost_the_journal_tells_anew(rig):
    whole = minutes_in(rig.path)
    break_page(rig.path, "spans", 0)
    assert renew(rig.path, HOUR).lost == 0
    rig.open()
    assert rig.archive.mark.seq == 0
    rig.round(MIDNIGHT + DAY_MS + 10 * HOUR_MS)
    assert {("pid.voc", each.start) for each in rig.read("pid.voc", MINUTE_MS)} <= whole
    assert rig.read("dust.tsp", MINUTE_MS) == rig.computed("dust.tsp", MINUTE_MS)
    rig.close()


def test_of_a_file_that_is_none_nothing_is_saved(rig):
    rig.path.write_bytes(b"not a database, " * 999)
    done = renew(rig.path, HOUR)
    assert (done.saved, done.lost) == (0, 0)
    assert done.aside.read_bytes().startswith(b"not a database")
    rig.open()
    rig.round(MIDNIGHT + DAY_MS + 10 * HOUR_MS)
    assert rig.read("dust.tsp", MINUTE_MS) == rig.computed("dust.tsp", MINUTE_MS), "from the journal"
    rig.close()


def test_interrupted_it_leaves_the_old_file_and_begins_again(rig, monkeypatch):
    whole = minutes_in(rig.path)

    def power_cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store.archive_salvage, "_copy_mark", power_cut)
        with pytest.raises(KeyboardInterrupt):
            renew(rig.path, HOUR)
    assert minutes_in(rig.path) == whole
    done = renew(rig.path, HOUR)
    assert minutes_in(rig.path) == whole
    assert done.saved == 2 + 2 * 9 + 33  # days; hours; raw hours of one channel
