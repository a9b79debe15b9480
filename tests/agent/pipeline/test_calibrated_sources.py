"""Which calibrations a computed channel depends on, however many steps away."""

from agent.pipeline.build import calibrated_sources, pipeline_of
from store.rows import Reading

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"

[[line]]
id = "a"
port = "/dev/null"

[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
address = 3
settings = { divisor = 10 }

[[instrument]]
id = "other"
line = "a"
driver = "honeywell-raeguard3"
address = 4
settings = { divisor = 10 }

[[conversion]]
name = "sum"
channel = "pid.voc"
plus = "other.voc"
unit = "ppm"

[[conversion]]
name = "sum-ppb"
channel = "pid.sum"
unit = "ppb"

[[conversion]]
name = "ppb"
channel = "pid.voc"
unit = "ppb"

[[calibration]]
channel = "other.voc"
unit = "ppm"
every = "7d"

[[calibration]]
channel = "pid.voc"
unit = "ppm"
every = "7d"
"""


def test_what_is_made_of_a_calibrated_channel_depends_on_it(station_of):
    assert calibrated_sources(station_of(STATION)) == {
        "other.voc": ["other.voc"],
        "pid.voc": ["pid.voc"],
        "pid.sum": ["pid.voc", "other.voc"],
        "pid.sum-ppb": ["pid.voc", "other.voc"],
        "pid.ppb": ["pid.voc"],
    }


def test_and_is_out_of_control_with_it(station_of):
    line = pipeline_of(station_of(STATION))
    line.out_of_control.put("other.voc", ["span drift"], None)
    for channel in ("other.voc", "pid.voc"):
        line.take([Reading(channel, 1000, 1000, True, 20.0, None, "N")])
    found = {name: (reading.value, reading.flag) for name, reading in line.latest.items()}
    assert found == {
        "other.voc": (20.0, "D"),
        "pid.voc": (20.0, "N"),
        "pid.sum": (40.0, "D"),
        "pid.sum-ppb": (40_000.0, "D"),
        "pid.ppb": (20_000.0, "N"),
    }
