"""What enters the averages that close as time goes on: not what people, checks or calibrations doubt."""

import pytest

from agent.config.quality_model import CheckSettings
from agent.pipeline.averaging import Averaging
from agent.pipeline.checks import Check
from agent.pipeline.modes import Mode, Modes
from agent.pipeline.out_of_control import OutOfControl
from agent.pipeline.pipeline import Pipeline
from agent.pipeline.windows import Rule
from store.rows import Reading

START = 1_795_485_600_000
MINUTE = 60_000


def minutes(line, values):
    """value, counted, valid, flag, left_out of each minute; a value a second."""
    made = []
    for at, value in enumerate(values):
        t = START + 1000 * at
        made += line.take([Reading("pid.voc", t, 1000 * at, True, value, None, "N")]).averages
    made += line.tick(START + 1000 * len(values) + MINUTE, 1000 * len(values) + MINUTE).averages
    found = {each.average.start: each.average for each in made if each.period == "1m"}
    return [
        (each.value, each.counted, each.valid, each.flag, each.left_out)
        for _, each in sorted(found.items())
        if each.start < START + 1000 * len(values)
    ]


@pytest.fixture
def line():
    """Spikes are kept out; a calibration may fail; people may work on it."""
    spikes = Check(CheckSettings("pid.voc", spike=20.0, keep_out=("spike",)))
    return Pipeline(
        [],
        {},
        {"pid.voc": spikes},
        modes=Modes({"pid.voc": 30_000}),
        out_of_control=OutOfControl({"pid.voc": ["pid.voc"]}),
        averaging=Averaging({"pid.voc": Rule(1000.0)}, 480, ()),
    )


def test_a_spike_that_is_kept_out(line):
    plain, with_spike = [10.0] * 60, [10.0] * 30 + [99.0] + [10.0] * 29
    assert minutes(line, plain + with_spike) == [
        (10.0, 60, True, "N", ""),
        (10.0, 59, True, "N", "D"),
    ]


def test_maintenance(line):
    line.modes.begin(Mode("pid", "maintenance", START, START + 75_000, "li", ""), 0)
    assert minutes(line, [10.0] * 120) == [(None, 0, False, "M", "M"), (10.0, 45, True, "N", "M")]


def test_calibration_and_its_recovery(line):
    line.modes.begin(Mode("pid", "calibration", START, START + 60_000, "li", ""), 0)
    # C to the end of the first minute, then 29 s more: 31 of 60 are no 75 %
    assert minutes(line, [10.0] * 120) == [(None, 0, False, "C", "C"), (10.0, 31, False, "C", "C")]


def test_out_of_control(line):
    line.out_of_control.put("pid.voc", ["span drift"], None)
    assert minutes(line, [10.0] * 60) == [(None, 0, False, "D", "D")]
