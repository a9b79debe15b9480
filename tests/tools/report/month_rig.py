"""A station with an outlet and two areas, and made-up hours of its channels."""

from itertools import count

from agent.config import examine
from store.averages import Average
from tools.report.hours import Hours
from tools.report.month import HOUR_MS, month_of

OFFSET_MIN = 480
FIRST_MS = 1_730_390_400_000  # 2024-11-01 00:00 at +08:00
PROFILE = """
[profile]
name = "stack"
protocol = "modbus"
class = "cems"
"""
CHANNELS = (("dust", "mg/m3"), ("so2", "mg/m3"), ("flow", "m3/h"), ("nmhc", "mgC/m3"))
STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
[[line]]
id = "a"
port = "/dev/no-such"
[[instrument]]
id = "stack"
line = "a"
driver = "stack.toml"
address = 1
area = "coking"
[[instrument]]
id = "fid"
line = "a"
driver = "stack.toml"
address = 2
area = "gas purification"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 3
area = "tank farm"
[[conversion]]
channel = "pid.voc"
name = "nmhc"
unit = "mgC/m3"
site_factor = 1.9
source = "comparison of 2026-08"
[[outlet]]
id = "oven"
limits = "coking-ule-2023/coke-oven-stack"
channels = { pm = "stack.dust", so2 = "stack.so2" }
operating = { channel = "stack.flow", above = 5000 }
[[rule]]
id = "nmhc-hour"
channel = "fid.nmhc"
limit = "gb-37822-2019/in-plant/nmhc-hour"
[[rule]]
id = "pid-estimate"
channel = "pid.nmhc"
above = 30.0
unit = "mgC/m3"
[[rule]]
id = "nmhc-single"
channel = "fid.nmhc"
limit = "gb-37822-2019/in-plant/nmhc-single"
[[rule]]
id = "stack-dust"
channel = "stack.dust"
above = 9.0
unit = "mg/m3"
"""


def station_in(folder, text=STATION):
    rows = "".join(
        f'[[channel]]\nname = "{name}"\ntable = "input"\nregister = {2 * at}\ntype = "float32"\n'
        f'order = "ABCD"\nunit = "{unit}"\n'
        for at, (name, unit) in enumerate(CHANNELS)
    )
    (folder / "stack.toml").write_text(PROFILE + rows)
    (folder / "station.toml").write_text(text)
    station, findings = examine(folder / "station.toml", elsewhere=True)
    assert station is not None, "\n".join(map(str, findings))
    return station


def november(hours=720):
    """So many hours of it are over."""
    return month_of("2024-11", OFFSET_MIN, FIRST_MS + hours * HOUR_MS)


def hour(at, said, high=None, left_out=""):
    """The hour with that number; said: its mean, or the flag for which it has none."""
    start = FIRST_MS + at * HOUR_MS
    if isinstance(said, str):
        return Average(start, start + HOUR_MS, None, None, None, 0, 60, False, said, said + left_out)
    high = said if high is None else high
    return Average(start, start + HOUR_MS, said, said, high, 60, 60, True, "N", left_out)


def hours_of(*spans, channels):
    """spans: (how many hours, what each channel says; None where there is no hour), one behind the other."""
    values, number = {channel: {} for channel in channels}, count()
    for length, *row in spans:
        for at in (next(number) for _ in range(length)):
            for channel, said in zip(channels, row, strict=True):
                if said is not None:
                    made = hour(at, said)
                    values[channel][made.start] = made
    return Hours(values, {})
