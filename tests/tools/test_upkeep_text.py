"""What a person reads of maintenance and calibration."""

from tools.commands.calibration import calibrated_text, channel_text
from tools.modes_text import mode_text

HOUR, DAY = 3_600_000, 86_400_000
NOW = 1_795_420_800_000
MODE = {"instrument": "pid", "mode": "maintenance", "left_s": 5400, "by": "li", "why": "lamp"}
RECORD = {"channel": "pid.voc", "unit": "ppm", "zero_drift": 0.4, "causes": []}
ROW = {"channel": "pid.voc", "causes": [], "last": None, "last_good": None, "due": None, "now": NOW}


def test_a_mode() -> None:
    assert mode_text(MODE) == "in maintenance for another 1 h 30 min, by li: lamp"
    assert mode_text(MODE, why=False) == mode_text(MODE | {"why": ""})
    assert mode_text(MODE | {"why": ""}) == "in maintenance for another 1 h 30 min, by li"


def test_a_calibration_that_has_been_recorded() -> None:
    assert list(calibrated_text(RECORD)) == ["pid.voc: recorded", "  zero drift +0.4 ppm", "  in control"]
    in_unit = RECORD | {"zero_limit": 0.5, "limits_in": "unit"}
    assert list(calibrated_text(in_unit))[1] == "  zero drift +0.4 ppm, limit 0.5 ppm"
    span = {"span_drift": -8.2, "span_drift_percent": -4.1, "span_limit": 2.5, "limits_in": "percent"}
    assert list(calibrated_text(RECORD | span | {"causes": ["span drift"]}))[2:] == [
        "  span drift -8.2 ppm, -4.1 % of full scale, limit 2.5 %",
        "  OUT OF CONTROL: span drift",
        "  readings are D until a good calibration",
    ]


def test_where_a_channel_stands() -> None:
    assert list(channel_text(ROW)) == ["pid.voc:", "  in control", "  not calibrated yet"]
    good = ROW | {"last": NOW - 2 * HOUR, "last_good": NOW - 2 * HOUR, "due": NOW + 5 * DAY}
    assert list(channel_text(good))[2:] == ["  last calibration 2 h 0 min ago", "  due in 5 d 0 h"]
    failed = ROW | {"last": NOW - HOUR, "causes": ["zero drift"], "due": NOW - DAY}
    assert list(channel_text(failed))[3:] == [
        "  last calibration 1 h 0 min ago",
        "  never a good one",
        "  overdue for 1 d 0 h",
    ]
    since = failed | {"last_good": NOW - 8 * DAY}
    assert "  last good one 8 d 0 h ago" in list(channel_text(since))
