"""Converted values of a real agent: over MQTT with their flags, in the journal beside what they come from."""

import pytest

pytestmark = pytest.mark.needs("mosquitto")

STACK = "values = { nox = 90.0, humidity = 10.0, oxygen = [[0, 12.0], [4, 12.0], [4.001, 20.9], [60, 20.9]] }"
CONVERSIONS = """
[[conversion]]
channel = "pid.voc"
name = "nmhc"
unit = "mgC/m3"
site_factor = 2.0
source = "comparison with a GC, report 17"

[[conversion]]
channel = "stack.nox"
name = "nox-8"
unit = "mg/m3"
from = "0C"
state = "0C"
moisture = "stack.humidity"
oxygen = "stack.oxygen"
base_o2 = 8.0

[[rule]]
id = "in-plant"
channel = "pid.nmhc"
limit = "gb-37822-2019/in-plant/nmhc-single"

[[rule]]
id = "stack-high"
channel = "stack.nox-8"
above = 140.0
unit = "mg/m3"
"""


def test_converted_values_go_out_with_their_flags_and_raise_alarms(station, until):
    station.configure(
        station.instrument("pid", 3, "values = { voc = [[0, 10], [3, 10], [3.001, 20], [60, 20]] }"),
        station.instrument("stack", 4, STACK, driver="hefeng-flue-gas", settings='{ co2_unit = "%" }'),
        rules=CONVERSIONS,
    )
    station.start()
    converted = 90.0 / (1 - 0.1) * (21 - 8) / (21 - 12)
    station.wait_delivered(3, ch="stack.nox-8", v=pytest.approx(converted, rel=1e-6), f="N")
    station.wait_delivered(3, ch="pid.nmhc", v=40.0, f="N", c=["site factor"])
    cause = "oxygen 20.9 % is above 19 %"
    station.wait_delivered(3, ch="stack.nox-8", v=None, f="D", c=[cause])
    until("both are raised", lambda: len(station.platform.events(kind="alarm")) == 2)
    alarms = {each["rule"]: each for each in station.platform.events(kind="alarm")}
    estimate, stack = alarms["in-plant"], alarms["stack-high"]
    assert (estimate["value"], estimate["limit"], estimate["marks"]) == (40.0, 30.0, ["site factor"])
    assert stack["value"] == pytest.approx(converted, rel=1e-6)
    assert "marks" not in stack
    rows = [row for _, _, row in station.rows()]
    raw = {row.raw for row in rows if row.channel == "stack.nox-8"}
    assert raw == {row.value for row in rows if row.channel == "stack.nox"} == {90.0}
    pairs = {(row.t, row.channel): row for row in rows}
    for row in rows:
        if row.channel == "pid.nmhc":
            assert row.raw == pairs[row.t, "pid.voc"].value == row.value / 2
    (meta,) = station.platform.of("meta")
    channels = {each["id"]: each for each in meta["channels"]}
    assert channels["pid.voc"]["marks"] == ["pid"]
    assert channels["pid.nmhc"]["marks"] == ["site factor"]
    assert channels["pid.nmhc"]["conversion"]["factors"] == [
        {"what": "site factor: comparison with a GC, report 17", "value": 2.0}
    ]
    assert channels["stack.nox-8"]["conversion"]["inputs"] == {
        "moisture": "stack.humidity",
        "oxygen": "stack.oxygen",
    }
    shown = {
        row["id"]: {each["channel"]: each for each in row["channels"]}
        for row in station.status()["instruments"]
    }
    assert (shown["pid"]["nmhc"]["value"], shown["pid"]["nmhc"]["unit"]) == (40.0, "mgC/m3")
    assert shown["stack"]["nox-8"]["flag"] == "D"
