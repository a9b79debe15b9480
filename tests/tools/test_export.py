"""`fenceline export` as a process, on a real archive: what comes out, and what a person is told."""

import csv
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess

import pytest

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS
from tests.store.archive_rig import HOUR, MIDNIGHT, ArchiveRig, plant_readings
from tools.export.times import BadTime, Zone

STATION = '[station]\nid = "gp-01"\nsite = "works"\ndata_dir = "."\n'


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A day and two hours of two channels, one of them raw, by one who holds the file open."""
    opened = ArchiveRig(tmp_path_factory.mktemp("station"), raw=["pid.voc"])
    (opened.folder / "station.toml").write_text(STATION)
    opened.put(plant_readings(MIDNIGHT, MIDNIGHT + DAY_MS + 2 * HOUR_MS, every_ms=20_000), batch=5000)
    opened.round(MIDNIGHT + DAY_MS + 3 * HOUR_MS)
    yield opened
    opened.close()


@pytest.fixture
def rig(written, tmp_path):
    """The same, with the files as a kill would leave them, in the folder where the command runs."""
    for path in written.folder.iterdir():
        shutil.copy(path, tmp_path)
    return written


@pytest.fixture
def export(fenceline):
    def run(*options):
        return fenceline("export", "--config", "station.toml", *options)

    return run


def test_minutes_as_csv_beside_the_one_who_writes(rig, fenceline):
    asked = ("--from", "2026-11-24T10:00", "--to", "2026-11-24T11:00", "--channel", "pid.voc")
    done = fenceline("export", "--config", rig.folder / "station.toml", *asked)
    assert (done.returncode, done.stderr) == (0, "60 rows\n")
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    due = [each for each in rig.computed("pid.voc", MINUTE_MS) if HOUR <= each.start < HOUR + HOUR_MS]
    assert [(row["start"], row["value"], row["min"], row["max"], row["count"]) for row in found] == [
        tuple(map(str, (each.start, each.value, each.min, each.max, each.counted))) for each in due
    ]
    first = found[0]
    assert (first["channel"], first["unit"], first["period"]) == ("pid.voc", "ppm", "minute")
    assert (first["time"], first["end"]) == ("2026-11-24T10:00:00+08:00", str(HOUR + MINUTE_MS))
    assert (first["expected"], first["flag"], first["tu"], first["rev"]) == ("6", due[0].flag, "0", "0")


def test_hours_as_json_lines(rig, export):
    done = export("--from", "2026-11-24", "--to", "2026-11-24", "--period", "hour", "--format", "jsonl")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["channel"] for row in found] == ["pid.voc"] * 24 + ["dust.tsp"] * 24, (
        "the last day is in, whole"
    )
    due = [each for each in rig.computed("pid.voc", HOUR_MS) if each.start < MIDNIGHT + DAY_MS]
    assert [(row["start"], row["value"], row["valid"]) for row in found[:24]] == [
        (each.start, each.value, each.valid) for each in due
    ]


def test_without_a_time_all_is_taken_and_patterns_choose(rig, export):
    done = export("--period", "day", "--channel", "pid.*", "--format", "jsonl")
    (day,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (day["time"], day["end"]) == ("2026-11-24T00:00:00+08:00", MIDNIGHT + DAY_MS)
    assert export("--channel", "pid.*", "--channel", "dust.*").stderr == f"{2 * 26 * 60} rows\n"


def test_raw_readings(rig, export):
    done = export(
        "--from", "2026-11-24T02:00Z", "--to", "2026-11-24T02:01Z", "--period", "raw", "--format", "jsonl"
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    due = [each for each in rig.kept if each.channel == "pid.voc" and HOUR <= each.t < HOUR + 60_000]
    assert [(row["t"], row["value"], row["flag"], row["conditions"]) for row in found] == [
        (each.t, each.value, each.flag, []) for each in due
    ]


def test_a_file_is_whole_and_its_sum_is_said(rig, export, tmp_path):
    done = export("--out", "all.csv")
    data = (tmp_path / "all.csv").read_bytes()
    assert done.stdout == ""
    assert done.stderr.split() == [
        str(2 * 26 * 60),
        "rows",
        "to",
        "all.csv,",
        "sha256",
        hashlib.sha256(data).hexdigest(),
    ]
    assert not (tmp_path / "all.csv.part").exists()


def test_a_file_that_cannot_be_written_leaves_nothing(rig, export, tmp_path):
    done = export("--out", "nowhere/all.csv")
    assert (done.returncode, done.stderr) == (
        1,
        "fenceline export: nowhere/all.csv: No such file or directory\n",
    )
    (tmp_path / "taken").mkdir()
    assert export("--out", "taken").returncode == 1
    assert not (tmp_path / "taken.part").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "yesterday"), "'yesterday' is no time; as in 2026-11-24"),
        (("--from", "2026-11-25", "--to", "2026-11-24"), "--from 2026-11-25 is not before --to 2026-11-24"),
        (("--channel", "pid.vac"), "did you mean pid.voc?"),
        (("--period", "week"), "--period week: it is one of minute, hour, day, raw"),
        (("--format", "xml"), "--format xml: it is one of csv, jsonl"),
        (("--archive", "archive.db", "--utc-offset", "8"), '"8" is no offset from UTC'),
    ],
)
def test_wrong_usage_says_what_would_be_right(rig, export, options, said):
    done = export(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.replace("\n    ", " ")


def test_where_there_is_no_archive(fenceline, tmp_path):
    (tmp_path / "station.toml").write_text(STATION)
    done = fenceline("export", "--config", "station.toml")
    assert done.returncode == 1
    assert "has it run with this station file?" in done.stderr
    (tmp_path / "other.db").write_bytes(b"not a database, " * 99)
    assert fenceline("export", "--archive", "other.db").returncode == 1
    sqlite3.connect(tmp_path / "foreign.db").executescript("CREATE TABLE t (x)")
    assert "some other program" in fenceline("export", "--archive", "foreign.db").stderr


def damage_day(folder):
    """Flip a byte in the middle of the minutes of dust.tsp's day, in the file itself."""
    path = folder / "archive.db"
    db = sqlite3.connect(path)
    (block,) = db.execute("SELECT minutes FROM days WHERE id & 65535 = 2").fetchone()
    db.close()  # which puts the log back into the file
    data = path.read_bytes()
    at = data.index(block[60:90]) + 15
    path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])


def test_a_damaged_block_is_named_and_the_rest_comes_out(rig, export, tmp_path):
    damage_day(tmp_path)
    done = export("--from", "2026-11-24", "--to", "2026-11-25")
    assert done.returncode == 1
    assert "dust.tsp: minute, hour and day values of 2026-11-24 are damaged" in done.stderr
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["channel"] for row in found] == ["pid.voc"] * 26 * 60 + ["dust.tsp"] * 120
    assert export("--period", "hour").returncode == 0, "its hours stand in a block of their own"


def test_verify_reads_every_block(rig, export, tmp_path):
    done = export("--verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("32 rows of 2 channels, 2026-11-23 to 2026-11-2")  # 2 days, 4 hours, 26 raw
    damage_day(tmp_path)
    done = export("--verify")
    assert done.returncode == 1
    assert done.stdout.endswith(": 1 damaged\n")
    assert done.stderr.startswith("dust.tsp: minute, hour and day values of 2026-11-24 are damaged")


def test_a_card_that_cannot_be_written_and_whose_agent_was_killed(rig, fenceline, tmp_path):
    other = tmp_path / "card"
    other.mkdir()
    for path in tmp_path.glob("archive.db*"):  # as the kill left them: the log was not put back
        (other / path.name).write_bytes(path.read_bytes())
    os.chmod(other, 0o555)
    done = fenceline("export", "--archive", "card/archive.db", "--period", "hour")
    assert (done.returncode, done.stderr) == (0, "52 rows\n")
    os.chmod(other, 0o755)


def test_who_has_seen_enough_ends_it_quietly(rig, command, tmp_path):
    words = [*command, "export", "--config", "station.toml"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"channel,unit")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1
    process.stderr.close()


def test_times_are_local_unless_they_say_otherwise():
    zone = Zone(-210)
    assert zone.text(HOUR + 7) == "2026-11-23T22:30:00.007-03:30"
    assert zone.first("2026-11-23T22:30") == zone.first("2026-11-24T02:00Z") == HOUR
    assert zone.last("2026-11-23") - zone.first("2026-11-23") == DAY_MS
    for wrong in ("2026-13-01", "", "10:00", "9999-12-31"):
        with pytest.raises(BadTime, match="is no time"):
            zone.last(wrong)
