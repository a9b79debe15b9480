"""What the station file asks of the pipeline."""

from agent.pipeline.build import rules_of
from agent.pipeline.minute import Rule
from agent.plan import plan_lines

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
[averages]
minutes = 50
samples = 3
[[line]]
id = "a"
port = "/dev/null"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
resolution = { voc = 0.5 }
address = 7
every = "10s"
[[instrument]]
id = "vane"
line = "a"
driver = "dfrobot-sen0482"
address = 8
every = "2s"
[[average]]
channel = "pid.voc"
samples = 12
readings = 90
"""


def test_each_channel_has_its_own_rule(station_of):
    rules = rules_of(station_of(STATION))
    assert rules["pid.voc"] == Rule(10_000.0, 0.5, 0.9, 0.5, 12)
    assert rules["vane.wind_direction"] == Rule(2000.0, None, 0.75, 0.5, 3, direction=True)


def test_back_to_back_the_interval_is_the_planned_cycle(station_of):
    station = station_of(STATION.replace('every = "10s"', 'every = "0s"'))
    (plan,) = plan_lines(station.lines, station.instruments)
    assert rules_of(station)["pid.voc"].interval_ms == plan.cycle_ms > 0
