"""`fenceline replay` as a process: what comes out, and what a person is told."""

import json

import pytest

from agent.pipeline.pipeline import Outcome
from store.rows import Reading
from tools.replay.play import PAST_THE_END_MS, play

T = 1_795_485_600_000  # 2026-11-24T02:00:00Z, 10:00 at +08:00
STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "/nowhere/at/all"
watchdog = "/dev/no-such-watchdog"
[mqtt]
brokers = ["mqtts://broker.example:8883"]
username = "gp-01"
password_file = "left-on-the-box"
[[line]]
id = "a"
port = "/dev/no-such-port"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 7
every = "10s"
[[rule]]
id = "high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
deadband = 5.0
on_delay = "20s"
[[rule]]
id = "higher"
channel = "pid.voc"
above = 500.0
unit = "ppm"
level = "high-high"
"""
# seconds, value, flag. By hand: above 50 from 20 s on, which has lasted 20 s at 40 s; 46 is within the
# deadband, M says nothing, 45 is the end of it at 90 s. T counts as high, so 20 s after 100 s it has lasted.
SAMPLES = [
    *((0, 12.0, "N"), (10, 49.0, "N"), (20, 51.0, "N"), (30, 60.0, "N"), (40, 70.5, "N"), (50, 65.0, "N")),
    *(
        (60, 46.0, "N"),
        (70, 3.0, "M"),
        (80, None, "B"),
        (90, 45.0, "N"),
        (100, 999.0, "T"),
        (110, 999.0, "T"),
    ),
    *((120, 999.0, "T"), (130, 12.0, "N")),
]
ALARMS = [
    ("high", "normal", "unacked", 40, 70.5),
    ("high", "unacked", "returned", 90, 45.0),
    ("higher", "normal", "unacked", 100, 999.0),
    ("high", "returned", "unacked", 120, 999.0),
    ("high", "unacked", "returned", 130, 12.0),
    ("higher", "unacked", "returned", 130, 12.0),
]


def csv_of(samples):
    rows = [
        f"{T + round(s * 1000)},pid.voc,{'' if value is None else value},{flag}\n"
        for s, value, flag in samples
    ]
    return "time,channel,value,flag\n" + "".join(rows)


@pytest.fixture
def replay(fenceline, tmp_path):
    (tmp_path / "station.toml").write_text(STATION)

    def run(samples, *options):
        (tmp_path / "day.csv").write_text(samples)
        return fenceline("replay", "--config", "station.toml", "--input", "day.csv", *options)

    return run


def alarms_in(text):
    rows = [json.loads(line) for line in text.splitlines()]
    return [
        (row["rule"], row["from"], row["to"], (row["time"] - T) // 1000, row["value"])
        for row in rows
        if row["kind"] == "alarm"
    ]


def test_alarms_of_a_recording_without_port_secret_or_folder(replay, tmp_path):
    done = replay(csv_of(SAMPLES), "--out", "out.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    assert alarms_in((tmp_path / "out.jsonl").read_text()) == ALARMS
    said = done.stdout.splitlines()
    assert said[:3] == [
        "14 samples of 1 channels",
        "  from 2026-11-24T10:00:00+08:00",
        "  to   2026-11-24T10:02:10+08:00",
    ]
    assert "high: raised 2 times, returned at the end" in said
    assert "higher: raised once, returned at the end" in said
    assert said[-1].startswith("played in ")


def test_two_runs_are_equal_to_the_byte_whatever_the_order_of_the_rows(replay):
    text = csv_of(SAMPLES)
    head, *rows = text.splitlines(keepends=True)
    first, second = replay(text, "--out", "-"), replay(head + "".join(reversed(rows)))
    assert first.stdout == second.stdout
    assert alarms_in(first.stdout) == ALARMS


def test_a_rule_that_nothing_raised_and_the_summary_as_json(replay):
    done = replay(csv_of([row for row in SAMPLES if row[2] != "T"]), "--out", "out.jsonl", "--json")
    summary = json.loads(done.stdout)
    assert (summary["samples"], summary["channels"], summary["passed_over"]) == (11, 1, 0)
    assert (summary["first"], summary["last"]) == (T, T + 130_000)
    assert summary["alarms"]["higher"] == {"raised": 0, "transitions": {}, "state": "normal"}
    assert summary["alarms"]["high"]["transitions"] == {"raised": 1, "returned": 1}
    assert summary["samples_per_s"] > 0
    said = replay(csv_of(SAMPLES[:3])).stderr
    assert "never raised: high, higher\n" in said, "where standard output holds the lines"


def test_an_alarm_behind_the_end_of_a_window_is_told_behind_it(replay):
    """The window is known a second after its end, and the alarm half a second after it."""
    done = replay(
        csv_of([(at, 600.0 if at > 60 else 1.0, "N") for at in (0.5, 10.5, 20.5, 30.5, 60.5, 70.5)])
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["kind"], row.get("period", row.get("rule"))) for row in rows][:2] == [
        ("average", "1m"),
        ("alarm", "higher"),
    ]
    assert (rows[0]["end"] - T, rows[1]["time"] - T) == (60_000, 60_500)


def test_no_data_is_told_of_a_gap_and_not_of_the_end(replay, tmp_path):
    """A gap of 90 s from 40 s on: after a minute of it there is no data, at 100 s, until 130 s."""
    rule = '[[rule]]\nid = "gone"\nchannel = "pid.voc"\nkind = "no-data"\nspan = "1m"\n'
    (tmp_path / "station.toml").write_text(STATION + rule)
    seconds = [*range(0, 50, 10), *range(130, 190, 10)]
    done = replay(csv_of([(second, 1.0, "N") for second in seconds]))
    assert alarms_in(done.stdout) == [
        ("gone", "normal", "unacked", 100, 60.0),
        ("gone", "unacked", "returned", 130, 0.0),
    ]


def test_a_wrong_row_leaves_no_file(replay, tmp_path):
    done = replay(csv_of(SAMPLES) + "now,pid.voc,1,N\n", "--out", "out.jsonl")
    assert done.returncode == 1
    assert done.stderr.startswith('fenceline replay: day.csv:16: "now" is no time\n  hint: ')
    assert not list(tmp_path.glob("out.jsonl*"))


def test_a_recording_of_another_interval(replay):
    done = replay(csv_of([(s * 6, 1.0, "N") for s in range(0, 100, 10)]))
    assert done.returncode == 1
    assert "a sample of pid.voc each 1m; the station file has 10s" in done.stderr


def test_files_that_are_not_there(replay, fenceline):
    assert replay(csv_of(SAMPLES), "--out", "no/out.jsonl").stderr == (
        "fenceline replay: no/out.jsonl: No such file or directory\n"
    )
    done = fenceline("replay", "--config", "station.toml", "--input", "none.csv")
    assert (done.returncode, done.stderr) == (1, "fenceline replay: none.csv: No such file or directory\n")
    assert fenceline("replay", "--config", "none.toml", "--input", "day.csv").returncode == 2


class Waiting:
    """A pipeline that has to act at certain moments, as a no-data rule and a window's end do."""

    def __init__(self, dues):
        self.dues, self.seen = list(dues), []

    def due_ms(self):
        return self.dues[0] if self.dues else None

    def take(self, readings):
        self.seen.append([reading.channel for reading in readings])
        return Outcome([], [])

    def tick(self, utc_ms, mono_ms):
        assert utc_ms == mono_ms == self.dues.pop(0)
        self.seen.append(utc_ms)
        return Outcome([], [])


def test_time_leaps_from_one_moment_that_matters_to_the_next():
    rows = [
        (t, line, channel, 1.0, "N", "", True)
        for line, (t, channel) in enumerate(
            [
                (1000, "a.x"),
                (1000, "b.y"),
                (1000, "a.z"),
                (9000, "a.x"),
            ]
        )
    ]
    waiting = Waiting([500, 1000, 5000, 9001, 9000 + PAST_THE_END_MS, 9001 + PAST_THE_END_MS])
    times = [t for t, _ in play(waiting, rows)]
    assert waiting.seen == [500, 1000, ["a.x", "a.z"], ["b.y"], 5000, ["a.x"], 9001, 9000 + PAST_THE_END_MS]
    assert times == [500, 1000, 1000, 1000, 5000, 9000, 9001, 9000 + PAST_THE_END_MS]


def test_a_reading_is_what_the_row_says():
    taken = []

    class Taking(Waiting):
        def take(self, readings):
            taken.extend(readings)
            return Outcome([], [])

    list(play(Taking([]), [(1000, 2, "a.x", None, "T", "over range; dirty", False)]))
    assert taken == [Reading("a.x", 1000, 1000, False, None, None, "T", ("over range", "dirty"))]
