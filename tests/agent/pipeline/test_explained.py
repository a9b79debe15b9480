"""What each stage says of a channel's last reading, in the words that a person reads."""

import pytest

from agent.config import load
from agent.pipeline.build import pipeline_of
from agent.pipeline.instant import Instant
from agent.pipeline.life import Deed
from agent.pipeline.modes import Mode
from store.rows import Reading

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
[[line]]
id = "a"
port = "/dev/null"
[[line]]
id = "b"
port = "/dev/zero"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
lamp = 10.6
address = 7
[[instrument]]
id = "ai"
line = "b"
driver = "adam-4017"
address = 1
settings = { unit = "mA", checksum = "off" }
[[loop]]
input = "ai.ai0"
name = "level"
low = 0
high = 100
unit = "ppm"
[[conversion]]
channel = "pid.voc"
name = "benzene"
unit = "mg/m3"
compound = "benzene"
state = "25C"
[[check]]
channel = "pid.voc"
unit = "ppm"
low = 0
high = 500
spike = 20
keep_out = ["range"]
[[rule]]
id = "high"
channel = "pid.voc"
above = 50
unit = "ppm"
on_delay = "10s"
[[rule]]
id = "mass"
channel = "pid.benzene"
above = 50
unit = "mg/m3"
level = "high-high"
"""


def now(at_s):
    return Instant(round(at_s * 1000), round(at_s * 1000), True, "")


@pytest.fixture
def pipeline(tmp_path):
    (tmp_path / "station.toml").write_text(STATION)
    return pipeline_of(load(tmp_path / "station.toml"))


def take(pipeline, channel, value, at_s=0.0, flag="N", *conditions):
    t = round(at_s * 1000)
    return pipeline.take([Reading(channel, t, t, True, value, None, flag, conditions)])


def told(pipeline, channel, at_s=0.0):
    return [(stage.stage, stage.channel, stage.text) for stage in pipeline.explain(channel, now(at_s))]


def test_before_the_first_reading_there_are_only_rules(pipeline):
    assert told(pipeline, "pid.voc") == [("rule", "pid.voc", ("high (high): above 50 ppm", "normal"))]


def test_a_value_within_its_checks_and_a_delay_that_runs(pipeline):
    take(pipeline, "pid.voc", 60.0)
    take(pipeline, "pid.voc", 61.0, at_s=4)
    assert told(pipeline, "pid.voc", at_s=4) == [
        (
            "checks",
            "pid.voc",
            ("plausible range 0..500: fine", "within 20 of the median of 5 before: fine"),
        ),
        ("journal", "pid.voc", ("kept",)),
        ("averages", "pid.voc", ("the reading counts", "1m 60.5, 2 of 60, so far")),
        (
            "rule",
            "pid.voc",
            (
                "high (high): above 50 ppm",
                "61 ppm: above 50",
                "normal",
                "condition stands for 4 s; counts after 10 s",
            ),
        ),
    ]


def test_an_alarm_with_who_took_note_and_who_keeps_it_quiet(pipeline):
    for at_s in (0, 10):
        take(pipeline, "pid.voc", 60.0, at_s)
    (limit,) = [each for each in pipeline.limits if each.alarm.id == "high"]
    limit.alarm.life.act("ack", now(12), Deed("jan"))
    assert told(pipeline, "pid.voc", at_s=15)[-1][2][2:] == (
        "acked for 3 s",
        "condition stands for 15 s",
        "acknowledged by jan, 3 s ago",
    )
    limit.alarm.life.act("shelve", now(20), Deed("eva", "", "lamp is dirty"), for_ms=3_600_000)
    assert (
        told(pipeline, "pid.voc", at_s=80)[-1][2][-1] == "kept quiet by eva: lamp is dirty, 59 min 0 s left"
    )


def test_what_a_check_suspects(pipeline):
    take(pipeline, "pid.voc", 600.0)
    stage, _, text = told(pipeline, "pid.voc")[0]
    assert (stage, text) == (
        "checks",
        (
            "plausible range 0..500: SUSPECT",
            "within 20 of the median of 5 before: fine",
            "kept out of averages",
        ),
    )
    take(pipeline, "pid.voc", None, 1, "D", "lamp")
    assert told(pipeline, "pid.voc", 1)[0][2] == ("no value to look at",)
    take(pipeline, "pid.voc", 30.0, 2, "M")
    assert told(pipeline, "pid.voc", 2)[0][2] == ("not looked at: flag M",)


def test_an_instrument_that_somebody_works_on(pipeline):
    pipeline.modes.begin(Mode("pid", "maintenance", 0, 7_200_000, "jan", "lamp"), 0)
    take(pipeline, "pid.voc", 30.0)
    said = ("maintenance (flag M) by jan: lamp, 1 h 59 min left",)
    assert told(pipeline, "pid.voc", 60)[0] == ("mode", "pid.voc", said)
    assert [stage for stage, _, _ in told(pipeline, "pid.benzene", 60)].count("mode") == 1


def test_a_channel_whose_calibration_failed(tmp_path):
    calibration = '[[calibration]]\nchannel = "pid.voc"\nunit = "ppm"\nevery = "30d"\n'
    (tmp_path / "station.toml").write_text(STATION + calibration)
    pipeline = pipeline_of(load(tmp_path / "station.toml"))
    pipeline.out_of_control.put("pid.voc", ("span drift of 12 % is above 10 %",), 86_400_000)
    take(pipeline, "pid.voc", 30.0)
    stages = told(pipeline, "pid.voc", 60)
    assert [stage for stage, _, _ in stages] == ["checks", "calibration", "journal", "averages", "rule"]
    assert stages[0][2][0] == "plausible range 0..500: fine", "the checks had looked at it"
    assert stages[1][2] == ("OUT OF CONTROL: span drift of 12 % is above 10 %", "due in 23 h 59 min")
    assert ("calibration", "pid.benzene") in [stage[:2] for stage in told(pipeline, "pid.benzene", 60)]


def test_a_computed_value_begins_with_the_measured_one(pipeline):
    take(pipeline, "pid.voc", 10.0)
    stages = told(pipeline, "pid.benzene")
    assert [(stage, channel) for stage, channel, _ in stages] == [
        ("checks", "pid.voc"),
        ("conversion", "pid.benzene"),
        ("journal", "pid.benzene"),
        ("averages", "pid.benzene"),
        ("rule", "pid.benzene"),
    ]
    text = stages[1][2]
    assert text[0] == "begins with pid.voc: 10"
    assert text[1].startswith("x 0.53: response to benzene, 10.6 eV")
    assert text[2].startswith("x 3.19284: ppm of benzene to mg/m3")
    assert text[3] == f"is {pipeline.latest['pid.benzene'].value:.9g} mg/m3, flag N"


def test_a_current_becomes_a_value(pipeline):
    take(pipeline, "ai.level", 12.0)
    assert told(pipeline, "ai.level")[0][2] == ("4..20 mA are 0..100 ppm", "12 mA is 50 ppm, flag N")
    take(pipeline, "ai.level", None, 1, "B", "no answer in 500 ms")
    assert told(pipeline, "ai.level")[0][2][1] == "no current was read"


def test_silence_is_kept_once_a_minute(pipeline):
    take(pipeline, "pid.voc", None, 0, "B", "dead")
    assert ("journal", "pid.voc", ("kept",)) in told(pipeline, "pid.voc", 0)
    take(pipeline, "pid.voc", None, 20, "B", "dead")
    said = "not kept: no communication was said 20 s ago, and is said once a minute"
    assert ("journal", "pid.voc", (said,)) in told(pipeline, "pid.voc", 20)


def averages(pipeline, at_s):
    return next(text for stage, _, text in told(pipeline, "pid.voc", at_s) if stage == "averages")


def test_the_windows_that_a_value_is_in(pipeline):
    for at_s in range(90):
        take(pipeline, "pid.voc", 10.0 if at_s < 60 else 40.0, at_s)
    assert averages(pipeline, 90) == (
        "the reading counts",
        "1m 10, 60 of 60, valid, ended 30 s ago",
        "1m 40, 30 of 60, so far",
        "5m 10, 1 of 5, so far",
        "15m 10, 1 of 15, so far",
        "1h 10, 1 of 60, so far",
    )


def test_a_window_that_has_too_little(pipeline):
    for at_s in range(40):
        take(pipeline, "pid.voc", 10.0, at_s)
    take(pipeline, "pid.voc", 10.0, 62)
    assert averages(pipeline, 62)[1] == "1m 10, 40 of 60, NOT VALID, flag D, ended 2 s ago"


def test_what_enters_no_average(pipeline):
    take(pipeline, "pid.voc", 600.0)
    assert averages(pipeline, 0)[0] == "the reading is left out: kept out of averages"
    take(pipeline, "pid.voc", 30.0, 1, "M")
    assert averages(pipeline, 1)[0] == "the reading is left out: flag M"
    take(pipeline, "pid.voc", None, 2, "B")
    assert averages(pipeline, 2)[0] == "the reading is left out: flag B"
