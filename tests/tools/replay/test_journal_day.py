"""A day from the journal, replayed, gives the very averages that the agent formed and archived."""

import json
import random

import pytest

from agent.config import examine
from agent.pipeline.build import pipeline_of, rules_of
from agent.pipeline.periods import DAY_MS, HOUR_MS, MINUTE_MS
from store.rows import Reading
from tests.store.archive_rig import MIDNIGHT, ArchiveRig
from tools.replay.play import PAST_THE_END_MS

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "."
[archive]
raw = ["pid.voc", "pid.mg", "ai.level"]
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
[[instrument]]
id = "ai"
line = "a"
driver = "icpdas-m-7017c"
settings = { type = "int16", divisor = 1000, offset = 0, unit = "mA" }
address = 8
every = "20s"
[[loop]]
input = "ai.ai0"
name = "level"
unit = "m"
low = 0.0
high = 6.0
[[conversion]]
channel = "pid.voc"
name = "mg"
unit = "mg/m3"
state = "25C"
compound = "isobutylene"
[[check]]
channel = "pid.voc"
unit = "ppm"
high = 13.2
spike = 0.8
keep_out = ["range", "spike"]
[[rule]]
id = "voc-minute"
channel = "pid.voc"
on = "1m"
above = 12.4
deadband = 0.3
unit = "ppm"
"""
END = MIDNIGHT + DAY_MS + 2 * HOUR_MS


def measured():
    """What the polls of 26 hours give: instants jitter; faults, silence and plumes are among them."""
    rng = random.Random(45)
    silent = range(MIDNIGHT + 5 * HOUR_MS, MIDNIGHT + 5 * HOUR_MS + 9 * MINUTE_MS)
    for slot in range(MIDNIGHT, END, 10_000):
        t = slot + 5000 + rng.randrange(-300, 300)
        roll = rng.random()
        flag = "B" if slot in silent else "D" if roll < 0.02 else "T" if roll > 0.995 else "N"
        value = None if flag in "BD" else round(12 + rng.gauss(0, 0.4), 1)
        yield [Reading("pid.voc", t, t - MIDNIGHT, True, value, None, flag, ("lamp",) if flag == "D" else ())]
        if slot % 20_000 == 0:
            current_ma = rng.choice([3.5, 3.7, 20.7, 21.3]) if rng.random() < 0.03 else rng.uniform(4, 20)
            t += rng.randrange(1, 400)
            yield [Reading("ai.level", t, t - MIDNIGHT, True, round(current_ma, 3), None, "N")]


class Live:
    """The agent's day: each answer, and a tick each second."""

    def __init__(self, station):
        self.pipeline = pipeline_of(station)
        self.averages, self.alarms, self.kept = [], [], []

    def run(self):
        second = MIDNIGHT + 370
        for readings in measured():
            while second <= readings[0].t:
                self._take(self.pipeline.tick(second, second - MIDNIGHT))
                second += 1000
            self._take(self.pipeline.take(readings))
        for later in range(second, second + PAST_THE_END_MS, 1000):
            self._take(self.pipeline.tick(later, later - MIDNIGHT))

    def _take(self, outcome):
        self.kept += outcome.kept
        self.averages += outcome.averages
        self.alarms += [
            (verdict.limit.alarm.id, verdict.body()["state"], verdict.t, verdict.change.value)
            for verdict in outcome.verdicts
            if verdict.change is not None
        ]


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """The folder of a station after its day, and what it saw live."""
    folder = tmp_path_factory.mktemp("station")
    (folder / "station.toml").write_text(STATION)
    station, findings = examine(folder / "station.toml", elsewhere=True)
    assert station is not None, findings
    live = Live(station)
    live.run()
    units = {channel.id: channel.unit for channel in station.channels}
    rig = ArchiveRig(folder, tuple(units), raw=list(station.archive.raw))
    rig.rules, rig.archive._units = rules_of(station), units
    rig.put(live.kept, batch=5000)
    rig.round(END + HOUR_MS)
    yield folder, rig, live
    rig.close()


KEYS = ("value", "min", "max", "count", "expected", "valid", "flag", "left_out")


def told(each):
    """What a replay tells of a window, as far as it is no name."""
    return each.value, each.min, each.max, each.counted, each.expected, each.valid, each.flag, each.left_out


def test_a_day_from_the_journal_gives_bit_equal_averages_and_alarms(day, fenceline):
    folder, rig, live = day
    raw, out, config = folder / "raw.csv", folder / "out.jsonl", ("--config", folder / "station.toml")
    exported = fenceline("export", *config, "--period", "raw", "--out", raw)
    assert exported.returncode == 0, exported.stderr
    played = fenceline("replay", *config, "--input", raw, "--out", out, "--json")
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout)["passed_over"] == sum(each.channel == "pid.mg" for each in live.kept)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    found = {
        (row["channel"], row["period"], row["start"]): tuple(row[key] for key in KEYS)
        for row in rows
        if row["kind"] == "average"
    }
    due = {(channel, period, each.start): told(each) for channel, period, each in live.averages}
    assert len(due) == len(live.averages), "nothing was revised"
    assert {key: (due[key], found.get(key)) for key in due if found.get(key) != due[key]} == {}
    assert found.keys() == due.keys()
    alarms = [(row["rule"], row["to"], row["time"], row["value"]) for row in rows if row["kind"] == "alarm"]
    assert alarms == live.alarms
    assert len(alarms) > 10

    archived = {
        (channel, name, each.start): told(each)
        for channel in rig.units
        for name, period_ms in (("1m", MINUTE_MS), ("1h", HOUR_MS), ("1d", DAY_MS))
        for each in rig.read(channel, period_ms)
    }
    assert len(archived) > 3 * 26 * 60, "three channels"
    assert {key: (due, found.get(key)) for key, due in archived.items() if found.get(key) != due} == {}


def test_the_lines_come_in_the_order_of_time(day):
    folder, _, _ = day
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    lengths = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "8h": 480, "1d": 1440}
    times = [
        row["time"] if row["kind"] == "alarm" else row["start"] + lengths[row["period"]] * MINUTE_MS
        for row in rows
    ]
    assert times == sorted(times)
    assert {row["period"] for row in rows if row["kind"] == "average"} == set(lengths)
