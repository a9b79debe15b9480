"""How long a relay on a line takes at most: by hand, and on a real pty."""

from itertools import pairwise

import pytest

import hal.relay
from agent.config.model import GpioTarget, InstrumentSettings, LineSettings, OutputSettings, RelayTarget
from agent.outputs.bound import bounds_of
from drivers.catalogue import load_relay
from tests.agent.outputs.relay_station import OUTPUT, STATION, until, with_agent

SLOW = LineSettings("a", "/dev/ttyUSB0", 9600, 8, "N", 1)
CHAR, SILENCE = 10 / 9.6, 3.5 * 10 / 9.6  # ms at 9600 8N1
READ = 8 * CHAR + 20 + 6 * CHAR + SILENCE  # function 1: 8 bytes ask, 6 answer for 8 relays
SWITCH = 8 * CHAR + 20 + 8 * CHAR + SILENCE  # function 5 is repeated as the answer
# A Boling dust monitor is asked for six registers: 8 bytes, 17 answer, and begin with the end of their time.
DUST_AT_WORST = 8 * CHAR + 500 + 17 * CHAR + 50 + SILENCE


def dust(name="dust", **more):
    given = {"driver": "boling-dust", "address": 1, "every_ms": 1000, "settings": {"unit": "mg/m3"}}
    return InstrumentSettings(name, "a", **given | more)


def relay(name, address=10, coil=0, driver="waveshare-relay-8", line="a", **more):
    target = RelayTarget(line, address, coil, driver, load_relay(driver), **more)
    return OutputSettings(name, ("any alarm",), "alarm", target)


def bounds(outputs, instruments=(), line=SLOW):
    return {each.id: each.bound_ms for each in bounds_of(outputs, [line], instruments)}


def test_a_relay_alone_waits_for_its_own_read_back():
    assert bounds([relay("siren")]) == {"siren": pytest.approx(READ + SWITCH)}


def test_the_longest_exchange_of_the_line_goes_first():
    (bound,) = bounds_of([relay("siren")], [SLOW], [dust(), dust("quick", address=2, timeout_ms=100)])
    assert bound.behind == "dust"
    assert bound.in_flight_ms == pytest.approx(DUST_AT_WORST)
    assert bound.bound_ms == pytest.approx(DUST_AT_WORST + READ + SWITCH)


def test_the_question_who_it_is_counts_too():
    """A text of 32 registers is longer than the one register of the poll."""
    row = {"table": "holding", "type": "string", "register": 100, "length": 32, "name": "serial"}
    channel = {"name": "v", "table": "holding", "register": 0, "type": "uint16", "unit": "ppm"}
    profile = {"profile": {"name": "x", "protocol": "modbus"}, "channel": [channel]}
    short, long = (
        InstrumentSettings("x", "a", "x.toml", 1, 1000, profile={**profile, **more})
        for more in ({}, {"identity": [row]})
    )
    (without,), (found,) = (bounds_of([relay("siren")], [SLOW], [each]) for each in (short, long))
    assert found.in_flight_ms - without.in_flight_ms == pytest.approx((2 * 32 - 2) * CHAR)


def test_relays_of_one_module_are_switched_one_after_the_other():
    both = bounds([relay("siren"), relay("beacon", coil=1)])
    assert both == dict.fromkeys(("siren", "beacon"), pytest.approx(READ + 2 * SWITCH))


def test_another_module_of_the_line_has_its_turns_between():
    both = bounds([relay("siren"), relay("beacon", address=11)])
    assert both["siren"] == pytest.approx(READ + SWITCH + 2 * max(READ, SWITCH))


def test_a_module_with_a_host_watchdog_has_its_word_before():
    """DCON: three questions of 5 bytes to read it, which 7, 8 and 10 answer; `~**` and its pause of 200 ms;
    the switch, 8 and 6 bytes."""
    (bound,) = bounds_of([relay("siren", 1, driver="icpdas-i-7067")], [SLOW], [])
    read = sum(5 * CHAR + 20 + answer * CHAR + SILENCE for answer in (7, 8, 10))
    word, switch = 4 * CHAR + 200 + SILENCE, (8 + 6) * CHAR + 20 + SILENCE
    assert bound.module_ms == pytest.approx(read + word + switch)
    assert (bound.in_flight_ms, bound.behind) == (0, None)


def test_without_silence_on_the_wire_somebody_may_slip_in_between():
    tcp = LineSettings("a", "tcp://10.0.0.7:502", 9600, 8, "N", 1)
    (bound,) = bounds_of([relay("siren", medium="tcp")], [tcp], [dust()])
    at_worst = 500 + 300  # its time-out, and the network's margin
    assert bound.bound_ms == pytest.approx(at_worst + 20 + at_worst + 20)


def test_a_pin_waits_for_no_line():
    pin = OutputSettings("beacon", ("any alarm",), "alarm", GpioTarget("/dev/gpiochip0", 17))
    assert bounds_of([pin], [SLOW], [dust()]) == ()


OTHER_LINE = """
[[line]]
id = "b"
port = "{port}"
baud = 115200
"""
SLOWCOACH = """
[[instrument]]
id = "{id}"
line = "b"
driver = "boling-dust"
settings = {{ unit = "mg/m3" }}
address = {address}
every = "0s"
timeout = "150ms"
"""
TOGGLES = 12
COILS = {"siren": "0000", "beacon": "0003"}


def test_on_a_real_line_it_stays_within(tmp_path, monkeypatch, station_of):
    """The alarm comes over another line. Beside the relays stand three instruments that are polled back to
    back, two that answer in the last moment and a dead one; and the module is read back all the time."""
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.1)
    text = STATION.format(port=tmp_path / "ttyA") + OTHER_LINE.format(port=tmp_path / "ttyB")
    for address, name in enumerate(("dust-1", "dust-2", "dead"), 1):
        text += SLOWCOACH.format(id=name, address=address)
    relays = OUTPUT.format(id="siren", energised="alarm", coil=0)
    relays += OUTPUT.format(id="beacon", energised="healthy", coil=3)
    station = station_of(text + relays.replace('line = "a"', 'line = "b"'))

    async def use(agent, rig):
        await until(lambda: rig.module.coils.states[3])
        for at in range(TOGGLES):
            rig.voc = 10.0 if at % 2 else 60.0
            await until(lambda on=not at % 2: rig.module.coils.states[0] is on)
            await until(lambda on=not at % 2: rig.module.coils.states[3] is not on)

    rig = with_agent(station, use, turnaround_ms={"dust-1": 140.0, "dust-2": 140.0}, absent=("dead",))
    sides = [(row["values"]["voc"] > 50, row["mono"]) for row in rig.log if row["instrument"] == "pid"]
    changed = [at for (before, _), (now, at) in pairwise(sides) if now != before]
    for bound in bounds_of(station.outputs, station.lines, station.instruments):
        switches = [row["mono"] for row in rig.log if row["request"].startswith("0a05" + COILS[bound.id])]
        told = [next(at for at in switches if at > since) for since in changed]
        took_ms = [at - since for since, at in zip(changed, told, strict=True)]
        assert len(took_ms) >= TOGGLES
        assert max(took_ms) <= bound.bound_ms
        assert max(took_ms) > bound.module_ms, "nothing was in the way: nothing is shown"
