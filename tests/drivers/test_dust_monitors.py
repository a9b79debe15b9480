"""States and errors of dust monitors become flags and conditions; drivers and emulators together."""

import struct

import pytest

from drivers import catalogue
from drivers.durag_f701 import ERRORS, STATES
from drivers.exchange import NoAnswer, WireError
from drivers.grimm_180 import causes_of
from drivers.wire.dusttrak import FAULTS
from drivers.wire.modbus_rtu import with_crc
from hardware_sim.instruments.durag_f701 import CYCLE_S, REFERENCE_S, ZERO_S
from hardware_sim.instruments.dusttrak import ZERO_S as DUSTTRAK_ZERO_S
from tests.dialogue import ask
from tests.rig import Rig

TEOM = {"channel": "tsp", "unit": "ug/m3"}
F701 = {"items": 1, "channel": "tsp", "unit": "ug/m3"}


def f701(operation, error):
    answer = b"\x02MD01 000 +4250+01 %02X %02X 7010000042\r" % (operation, error)
    (sample,) = ask(catalogue.create("durag-f701-20", 0, F701).measure(), answer)
    return sample[3:]


@pytest.mark.parametrize(
    ("bit", "flag", "condition"),
    [
        (0x01, "F", "standby"),
        (0x02, "M", "film measurement"),
        (0x04, "C", "zero point measurement"),
        (0x08, "C", "reference check"),
    ],
)
def test_f701_every_state_bit(bit, flag, condition):
    assert bit in [known for known, _, _ in STATES]
    assert f701(0x80 | bit, 0) == (flag, (condition,))
    assert f701(bit, 0) == (flag, (condition,))


@pytest.mark.parametrize(("bit", "condition"), ERRORS)
def test_f701_every_error_bit(bit, condition):
    assert f701(0x80, bit) == ("D", (condition,))


def test_f701_what_the_source_does_not_name_is_not_healthy():
    assert f701(0x80, 0) == ("N", ())
    assert f701(0x00, 0) == ("F", ("not measuring: operation status 00",))
    assert f701(0x80, 0x08) == ("D", ("error status 08",))
    assert f701(0x80, 0x88) == ("D", ("error status 88",))


def test_f701_checks_its_zero_and_its_reference_once_a_day():
    rig = Rig("durag-f701-20", F701, dust=[[0, 10], [2 * CYCLE_S, 30]], error=[[0, 0], [3 * CYCLE_S, 0]])
    assert rig.measure(10)["tsp"].flag == "N"
    at_zero = rig.measure(CYCLE_S + ZERO_S / 2)["tsp"]
    assert at_zero[1:] == (20.0, "ug/m3", "C", ("zero point measurement",))
    assert rig.measure(CYCLE_S + REFERENCE_S - 1)["tsp"].conditions == ("reference check",)
    assert rig.measure(CYCLE_S + REFERENCE_S)["tsp"].flag == "N"
    assert rig.run("status", 10) == ("measuring",)
    idle = Rig("durag-f701-20", F701, standby=1)
    assert idle.measure(10)["tsp"][3:] == ("F", ("standby",))


def dust_66(state=0, calibrating=0, alarm=0, value=12.5):
    data = bytearray(30)
    data[5:9] = struct.pack(">f", value)
    data[26], data[27] = state | calibrating << 3, alarm
    driver = catalogue.create("anrongxin-lss2014", 1, {})
    (sample,) = ask(driver.measure(), with_crc(b"\x01\x66\x1e\x9b" + data))
    return sample


def test_lss_states_calibration_and_alarm():
    assert dust_66() == ("tsp", 12.5, "mg/m3", "N", ())
    assert dust_66(1)[3:] == ("D", ("instrument fault",))
    assert dust_66(2)[3:] == ("M", ("maintenance",))
    assert dust_66(3)[3:] == ("D", ("state 3",))
    assert dust_66(0, 1)[3:] == ("C", ("calibrating",))
    assert dust_66(1, 2)[3:] == ("C", ("instrument fault", "calibrating"))
    assert dust_66(alarm=4)[3:] == ("N", ("alarm 4",))
    assert dust_66(value=float("nan"))[1:] == (None, "mg/m3", "D", ("not a number",))


@pytest.mark.parametrize("name", ["anrongxin-lss2014", "sdl-model-2030"])
def test_lss_emulator_and_driver(name):
    rig = Rig(
        name,
        {},
        7,
        tsp=3.5,
        state=[[0, 0], [10, 0], [10, 2], [15, 2], [15, 0]],
        calibrating=[[0, 0], [20, 0], [20, 1]],
    )
    assert rig.measure(1)["tsp"] == ("tsp", 3.5, "mg/m3", "N", ())
    assert rig.measure(11)["tsp"].flag == "M"
    assert rig.measure(21)["tsp"].flag == "C"
    assert rig.run("status", 1) == ("range 100 mg/m3", "averaging 60.0 s")


def drx(messages, state="Running"):
    flags = "".join(f"{int(at in messages)}," for at in range(17))
    driver = catalogue.create("tsi-dusttrak-drx-8533", 0, {"model": "8533"})
    frames = (state, flags, "12,0.031,0.032,0.033,0.040,0.041,")
    samples = ask(driver.measure(), *(f"\r\n{frame}\r\n".encode() for frame in frames))
    return {sample.channel: (sample.flag, sample.conditions) for sample in samples}


@pytest.mark.parametrize(("at", "name"), list(enumerate(FAULTS)))
def test_drx_every_message(at, name):
    said = drx({at})
    if name.startswith("maximum concentration"):
        channel = ("pm1", "pm25", "pm4", "pm10", "tsp")[at - 4]
        assert said.pop(channel) == ("T", (name, "over range"))
        assert set(said.values()) == {("N", ())}, "a fraction beyond its maximum is no fault of the others"
    else:
        assert set(said.values()) == {("D", (name,))}


def test_drx_what_is_no_fault_and_what_is_no_measuring():
    assert set(drx({10, 11, 15}).values()) == {("N", ())}, "battery and memory say nothing against the value"
    assert set(drx((), "Idle").values()) == {("F", ("not measuring: Idle",))}


@pytest.mark.parametrize("at", range(6))
def test_dusttrak_every_message_that_may_be_a_fault(at):
    driver = catalogue.create("tsi-dusttrak-8530", 0, {"model": "8532", "channel": "tsp"})
    flags = "".join(f"{int(at == each)}," for each in range(12))
    frames = ("Running", flags, "12,0.031,")
    (sample,) = ask(driver.measure(), *(f"\r\n{frame}\r\n".encode() for frame in frames))
    assert sample[3:] == ("D", (FAULTS[at] if at < 4 else f"message {at + 1}",))


@pytest.mark.parametrize(
    ("name", "settings", "values"),
    [
        ("tsi-dusttrak-8530", {"model": "8530", "channel": "tsp"}, {"dust": 0.1}),
        ("tsi-dusttrak-drx-8533", {"model": "8534"}, {"tsp": 0.1}),
    ],
)
def test_dusttrak_is_started_zeroed_and_stopped(name, settings, values):
    rig = Rig(name, settings, **values, offset=[[0, 0], [1000, 0.05]], message=[[0, 0], [5000, 0], [5000, 2]])
    assert rig.measure(0)["tsp"].conditions == ("not measuring: Idle",)
    assert rig.run("start", 1) == ("accepted", ("Running",))
    assert rig.measure(1000)["tsp"][1:4] == (0.15, "mg/m3", "N")
    assert rig.run("zero", 1000) == ("accepted", ("Zeroing",))
    assert rig.run("start", 1001) == ("accepted", ("Idle",)), (
        "it is not to be disturbed, and its state says so"
    )
    assert rig.run("start", 1000 + DUSTTRAK_ZERO_S) == ("accepted", ("Running",))
    assert rig.measure(1100)["tsp"][1:4] == (0.1, "mg/m3", "N")
    assert rig.measure(5001)["tsp"][3:] == ("D", ("laser",))
    assert rig.run("stop", 5002) == ("accepted", ("Idle",))
    assert rig.run("identify", 0)[1].startswith("serial number")


def test_teom_measures_and_says_its_errors():
    rig = Rig("thermo-teom-1405", TEOM, mass=36.0, status=[[0, 0], [50, 0], [50, 3]])
    said = rig.measure(10)
    assert said["tsp"] == ("tsp", 36.0, "ug/m3", "N", ())
    assert rig.measure(60)["tsp"][3:] == ("D", ("error status 3",))
    assert rig.run("status", 10)[0] == "case temperature 50.0"


def test_teom_dichotomous():
    rig = Rig("thermo-teom-1405-df", {"unit": "ug/m3"}, pm25=12.0, pm_coarse=8.0)
    said = rig.measure(36000)
    assert said["pm10"].value == said["pm25"].value + said["pm_coarse"].value == 20.0
    assert said["filter_load_a"].value == 1.2


def test_teom_a_register_that_it_lacks_leaves_the_others_alone():
    driver = catalogue.create("thermo-teom-1405", 0, TEOM)
    mass, load = ask(driver.measure(), b"\x020AREG 0 SE\x03\r\n", b"\x020AREG 0 242 23.4\x03\r\n")
    assert (mass.value, mass.flag) == (None, "D")
    assert mass.conditions[0].startswith("register 245: refused with SE")
    assert (load.value, load.flag) == (23.4, "N")


def test_teom_stations():
    assert catalogue.create("thermo-teom-1405", 3, TEOM).questions()[0].encode() == b"\x023AREG K0 245\x03"
    with pytest.raises(ValueError, match="station 10 is not within"):
        catalogue.create("thermo-teom-1405", 10, TEOM)
    other = Rig("thermo-teom-1405", TEOM, 1)
    other.device.address = 2
    with pytest.raises(NoAnswer):
        other.measure(0)


def test_f701_another_number_of_values_is_not_guessed_at():
    driver = catalogue.create("durag-f701-20", 0, {**F701, "items": 2})
    with pytest.raises(WireError, match="values: expected 2, got 1"):
        ask(driver.measure(), b"\x02MD01 000 +4250+01 80 00 7010000042\r")


def test_grimm_keeps_what_its_state_said_until_it_says_otherwise():
    rig = Rig("grimm-180", {}, pm10=20, pm25=15, pm1=10, error=[[0, 32], [59, 32], [59, 0]])
    faulty = ("ug/m3", "D", ("nozzle fault",))
    assert [sample[1:] for sample in rig.measure(0).values()] == [(value, *faulty) for value in (20, 15, 10)]
    masses_alone = ask(rig.driver.measure(), b"\rN1,  200  150  100\r")
    assert {sample[2:] for sample in masses_alone} == {faulty}
    assert {sample.flag for sample in rig.measure(60).values()} == {"N"}


@pytest.mark.parametrize(
    ("error", "due"),
    [(1, "pump high"), (2, "pump low"), (3, "flow error"), (4, "pump current high"), (256, "error 256")],
)
def test_grimm_errors(error, due):
    assert causes_of(error) == [("D", due)]


def test_grimm_that_sends_counts_alone_is_told():
    with pytest.raises(WireError, match="masses among 12, got none: is it set to send them"):
        ask(catalogue.create("grimm-180", 0, {}).measure(), *[b"\rC0: 5 4 3\r"] * 12)
    with pytest.raises(WireError, match="a state once a minute, got none"):
        ask(catalogue.create("grimm-180", 0, {}).status(), *[b"\rC0: 5 4 3\r"] * 180)
