"""Worked examples of the fixed gas detectors that are profiles.

Registers by their documented number: H(40003) is the holding register 2 on the wire, I(31001) the input
register 1000.
"""

from collections.abc import Iterable, Iterator

from tests.drivers.profiles.memory import Case, State, bits, f32, i16

__all__ = ["CASES", "DECIMALS", "STATES"]

Meaning = tuple[int, str, str]  # bit, or value; flag; condition
HONEYWELL = {"order": "CDAB", "unit": "%LEL"}
ULTIMA = {"base": 40000}
COUNTS = {"type": "int16", "divisor": 10, "unit": "ppm"}


def H(number: int) -> int:
    return number - 40001


def I(number: int) -> int:  # noqa: E743
    return number - 30001


def by_bit(
    driver: str, table: str, register: int, meanings: Iterable[Meaning], *channels: str
) -> Iterator[State]:
    for bit, flag, condition in meanings:
        yield State(driver, table, {register: 1 << bit}, flag, (condition,), channels)


def by_value(driver: str, register: int, meanings: Iterable[Meaning]) -> Iterator[State]:
    for value, flag, condition in meanings:
        yield State(driver, "holding", {register: value}, flag, (condition,))


def honeywell(driver: str, first: int, percent_lel: int, days: str) -> Case:
    """Documented numbers first+2..3 gas, +4 fault, +5 bits, +6 state, +7 heartbeat, +8..9 days, +10 unit."""
    at = H(first)
    held = f32(at + 2, 23.5, order="CDAB") | i16(at + 4, 0, 0, 1, 77) | f32(at + 8, 90.0, order="CDAB")
    said = {"gas": (23.5, "%LEL"), days: (90.0, "d")}
    return Case(
        driver, HONEYWELL, {"holding": held | {at + 10: percent_lel}}, said, ((3, at + 2, 9), (3, at + 8, 2))
    )


def counts(driver: str, register: int, channel: str = "gas", **settings: object) -> Case:
    """One register: -12 tenths."""
    chosen = {**COUNTS, **settings}
    if channel != "gas":
        del chosen["unit"]
    return Case(
        driver, chosen, {"holding": i16(register, -12)}, {channel: (-1.2, "ppm")}, ((3, register, 1),)
    )


def olct(driver: str) -> Case:
    """I(31001) 2400 of 4000 counts at 20 mA is 12 mA."""
    held = {I(31001): 2400, I(31007): 0, I(31009): 32767}
    asked = ((4, I(31001), 1), (4, I(31007), 1), (4, I(31009), 1))
    return Case(driver, {}, {"input": held}, {"current": (12.0, "mA")}, asked)


def olct_dual(driver: str) -> Case:
    held = {I(31001): 2400, I(31002): 800, I(31007): 0, I(31009): 32767, I(31010): 32767}
    said = {"current1": (12.0, "mA"), "current2": (4.0, "mA")}
    return Case(driver, {}, {"input": held}, said, ((4, I(31001), 2), (4, I(31007), 1), (4, I(31009), 2)))


CASES = (
    honeywell("honeywell-xnx", 40001, 5, "sensor_life"),
    honeywell("honeywell-xcd", 40001, 5, "calibration_due"),
    honeywell("honeywell-sensepoint-xrl", 40101, 1, "calibration_due"),
    Case(
        "honeywell-midas",
        {"order": "ABCD", "unit": "ppb"},
        {"holding": {H(40001): 0x0801} | f32(H(40003), 12.5) | i16(H(40005), 125, 0, 0x0203, 21, 9000)},
        {"gas": (12.5, "ppb"), "cell_life": (9000.0, "h")},
        ((3, 0, 1), (3, 2, 5), (3, 8, 1)),
    ),
    Case(
        "msa-ultima-x",
        {**ULTIMA, "unit": "ppm"},
        {"holding": i16(40201, 0, 0, 0, 7, 0, 0) | f32(40207, 12.5)},
        {"gas": (12.5, "ppm")},
        ((3, 40201, 8),),
    ),
    Case(
        "msa-ultima-x3",
        {**ULTIMA, "unit1": "ppm", "unit2": "%LEL", "unit3": "%vol"},
        {"holding": i16(40201, 0, 0, 0, 7, 8, 9) | f32(40207, 12.5, 40.0, 20.75)},
        {"gas1": (12.5, "ppm"), "gas2": (40.0, "%LEL"), "gas3": (20.75, "%vol")},
        ((3, 40201, 12),),
    ),
    Case(
        "msa-ultima-mos5",
        {},
        {"holding": i16(0, 0xFFFF, 0b10, 0)},
        {"current": (21.7, "mA")},
        ((3, 0, 1), (3, 1, 1), (3, 2, 1)),
    ),
    Case(
        "draeger-polytron-8000",
        {"unit": "ppm"},
        {"holding": {H(40507): 0x4220, H(40508): 0x0000}},  # the manual's example: 40.0
        {"gas": (40.0, "ppm")},
        ((3, 506, 2),),
    ),
    Case(
        "detcon-1000",
        {"type": "int16", "unit": "ppm"},
        {"holding": i16(H(40001), 100, 235, 10, 20, 0)},  # the manual's example: 23.5 is 235
        {"gas": (23.5, "ppm")},
        ((3, 1, 4),),
    ),
    Case(
        "net-safety-millennium-ii",
        COUNTS,
        {"holding": i16(H(40001), -12) | i16(H(40021), 0)},
        {"gas": (-1.2, "ppm")},
        ((3, 0, 1), (3, 20, 1)),
    ),
    Case(
        "net-safety-millennium-ii-dual",
        {"type": "uint16", "divisor1": 1, "unit1": "ppm", "divisor2": 10, "unit2": "%LEL"},
        {"holding": i16(H(40001), 12, 7, 300, 0, 0, 355) | i16(H(40021), 0)},
        {"gas1": (12.0, "ppm"), "gas2": (35.5, "%LEL")},
        ((3, 0, 6), (3, 20, 1)),
    ),
    Case(
        "igd-toc-635",
        {"first": 3},
        {"input": i16(I(30004), 50, 100, 600, 1200) | i16(I(33004), 0, 0, 0, 0)},
        {"gas1": (-5.0, "%"), "gas2": (0.0, "%"), "gas3": (50.0, "%"), "gas4": (110.0, "%")},
        ((4, 3, 4), (4, 3003, 4)),
    ),
    Case(
        "gastron-gtd-5000f",
        {"type": "int16", "unit": "ppm"},
        {"input": i16(I(30001), 255), "discrete": bits(0, "000000"), "holding": {H(40007): 0xF1FD}},
        {"gas": (25.5, "ppm")},
        ((2, 0, 6), (3, 6, 1), (4, 0, 1)),
    ),
    Case(
        "hnag1000-4-g",
        {"type": "uint16", "unit": "%LEL"},
        {"holding": i16(0, 250, 1, 100, 4, 1)},  # value, state, range, unit, decimals
        {"gas": (25.0, "%LEL")},
        ((3, 0, 5),),
    ),
    Case(
        "rki-m2a",
        {"base": -1, "unit": "ppm"},
        {"holding": i16(0, 0x8000 | 0x2000 | 235, 0x2000)},  # below zero, one decimal, 235; normal
        {"gas": (-23.5, "ppm")},
        ((3, 0, 2),),
    ),
    counts("honeyeagle-gas-probe", 0),
    Case(
        "singoan-sga",
        {"type": "int16", "unit": "ppm"},
        {"holding": i16(0x101, -1234, 2, 7, 2)},  # value, decimals, gas, unit
        {"gas": (-12.34, "ppm")},
        ((3, 0x101, 4),),
    ),
    counts("xunchip-xm8335", 0, "co"),
    Case(
        "ati-d12",
        {"type": "float32", "order": "CDAB", "divisor": 1, "unit": "ppm"},
        {"holding": f32(H(40043), 1.25, order="CDAB")},
        {"gas": (1.25, "ppm")},
        ((3, 42, 2),),
    ),
    olct("oldham-olct-200"),
    olct_dual("oldham-olct-200-dual"),
    olct("gds-gasmax-cx"),
    olct_dual("gds-gasmax-cx-dual"),
)

ALARMS = [(0, "N", "alarm 1"), (1, "N", "alarm 2"), (4, "N", "warning")]
XNX = [
    (2, "M", "warm-up"),
    (3, "M", "inhibit"),
    (4, "M", "alarm simulation"),
    (5, "M", "fault simulation"),
    (6, "M", "loop simulation"),
    (7, "N", "warning"),
    (8, "D", "instrument fault"),
    (9, "D", "beam block"),
    (10, "C", "bump test"),
    (11, "M", "inhibit"),
    (12, "C", "zero calibration"),
    (13, "C", "span calibration"),
    (14, "C", "before zero calibration"),
    (15, "C", "before span calibration"),
    (16, "C", "after zero calibration"),
    (17, "C", "after span calibration"),
    (18, "C", "zero calibration failed"),
    (19, "C", "span calibration failed"),
    (20, "M", "alignment"),
    (21, "D", "state 21 is not in the profile"),
]
MIDAS = [
    (0, "M", "warm-up"),
    (2, "M", "inhibit"),
    (3, "M", "inhibit"),
    (4, "M", "inhibit"),
    (5, "M", "simulation"),
    (6, "C", "bump test"),
    (7, "M", "loop calibration"),
    (8, "C", "calibrating"),
    (9, "D", "state 9 is not in the profile"),
    (0x11, "D", "maintenance fault"),
    (0x21, "D", "instrument fault"),
    (0x31, "D", "fault 3 is not in the profile"),
    (0x41, "N", "alarm 1"),
    (0x81, "N", "alarm 2"),
]
UNITS = (  # the case's unit; register; what the code is multiplied by, with the bits beside it; codes
    ("honeywell-xnx", "%LEL", H(40011), 1, 0, {1: "mg/m3", 2: "g/m3", 3: "%vol", 4: "ppm", 5: "%LEL"}),
    ("honeywell-xnx", "%LEL", H(40011), 1, 0, {8: "%LEL.m", 9: "ppm.m", 0: ""}),
    ("honeywell-xcd", "%LEL", H(40011), 1, 0, {1: "mg/m3", 3: "%vol", 4: "ppm", 5: "%LEL"}),
    ("honeywell-sensepoint-xrl", "%LEL", H(40111), 1, 0, {0: "", 1: "%LEL", 2: "mA", 3: "mg/m3", 4: "g/m3"}),
    ("honeywell-sensepoint-xrl", "%LEL", H(40111), 1, 0, {5: "%vol", 6: "ppm", 7: "kppm", 8: "LEL.m"}),
    ("honeywell-sensepoint-xrl", "%LEL", H(40111), 1, 0, {12: "ppm.m"}),
    ("honeywell-midas", "ppb", H(40007), 256, 3, {1: "ppm", 2: "ppb", 4: "%vol", 8: "%LEL"}),
    ("gastron-gtd-5000f", "ppm", H(40007), 256, 1, {1: "ppm", 2: "ppb", 4: "%vol", 8: "%LEL"}),
    ("hnag1000-4-g", "%LEL", 3, 1, 0, {1: "ppm", 3: "ppb", 4: "%LEL", 5: "%vol", 6: "ug/m3", 7: "mg/m3"}),
    ("singoan-sga", "ppm", 0x104, 1, 0, {0: "%LEL", 1: "%vol", 2: "ppm", 3: "ppb", 5: "mg/m3", 6: "ug/m3"}),
)
DECIMALS = (  # register and content, and the value that the case's counts then are
    ("gastron-gtd-5000f", H(40007), (0x0100, 0x0101, 0x0102, 0x0103), (255.0, 25.5, 2.55, 0.255)),
    ("hnag1000-4-g", 4, (0, 1, 2, 3, 4), (250.0, 25.0, 2.5, 0.25, 0.025)),
    ("rki-m2a", 0, (235, 0x20EB, 0x40EB, 0xE0EB), (235.0, 23.5, 2.35, -0.235)),
    ("singoan-sga", 0x102, (0, 1, 2, 3, 4), (-1234.0, -123.4, -12.34, -1.234, -0.1234)),
)
RKI = [
    (0x0000, "D", "undefined state"),
    (0x1000, "M", "initialization"),
    (0x3000, "M", "warm-up"),
    (0x4000, "D", "fail"),
    (0x5000, "C", "calibrating"),
    (0x6000, "C", "after calibration"),
    (0x7000, "D", "low power"),
    (0x8000, "M", "setup"),
    (0x2008, "T", "over range"),
    (0x2100, "D", "fail"),
    (0x2010, "N", "alarm 1"),
    (0x2020, "N", "alarm 1, acknowledged"),
    (0x2040, "N", "alarm 2"),
    (0x2080, "N", "alarm 2, acknowledged"),
    (0x2030, "D", "alarm1 3 is not in the profile"),
]
XRL = [(2, "M", "warm-up"), (3, "M", "inhibit"), (12, "C", "calibrating")]
ULTIMA_STATUS = [
    (0, "D", "fault"),
    (4, "M", "warm-up"),
    (5, "N", "low alarm"),
    (6, "N", "mid alarm"),
    (7, "N", "high alarm"),
]
ULTIMA_FAULTS = [(0, "D", "fault relay"), (10, "D", "main 5 V supply"), (14, "D", "configuration reset")]
MOS5_MODE = [
    (0, "M", "start-up"),
    (2, "C", "calibration check"),
    (3, "C", "calibration mode"),
    (4, "C", "zeroing"),
    (5, "C", "zero done, waiting for gas"),
    (6, "C", "spanning"),
    (7, "C", "calibration complete"),
]
MOS5_STATUS = [
    (1, "D", "low supply"),
    (2, "D", "failed to calibrate"),
    (3, "D", "sensor"),
    (4, "D", "EPROM"),
    (5, "D", "EEPROM"),
    (6, "D", "calibration check time-out"),
    (7, "D", "setup"),
    (8, "D", "switch"),
    (13, "D", "fault"),
    (14, "N", "warning"),
    (15, "N", "alarm"),
]
IGD = [
    (0, "N", "alarm 1"),
    (1, "N", "alarm 2"),
    (2, "N", "alarm 3"),
    (3, "D", "fault"),
    (4, "M", "disabled"),
    (5, "D", "sensor"),
    (6, "D", "under range"),
    (7, "T", "over range"),
    (8, "B", "no communication with the detector"),
    (13, "N", "alarm 1 muted"),
    (14, "N", "alarm 2 muted"),
    (15, "N", "alarm 3 muted"),
]
GASTRON = [
    (0, "N", "alarm 1"),
    (1, "N", "alarm 2"),
    (2, "D", "fault"),
    (3, "M", "maintenance"),
    (4, "M", "test"),
    (5, "C", "calibrating"),
]
OLCT = [(0, "N", "alarm 1"), (1, "N", "alarm 2"), (2, "D", "fault")]
MILLENNIUM = [(0, "D", "fault"), (1, "N", "low alarm"), (2, "N", "high alarm")]


def sensor_status(sensor: int) -> list[Meaning]:
    return [(sensor, "C", "calibrating")]


def sensor_faults(sensor: int) -> list[Meaning]:
    return [
        (sensor, "D", "sensor missing"),
        (3 + sensor, "D", "calibration fault"),
        (6 + sensor, "D", "sensor power failure"),
        (10 + sensor, "D", "sensor end of life"),
    ]


def states() -> Iterator[State]:
    for driver, first, fault_bits in (
        ("honeywell-xnx", H(40001), (6,)),
        ("honeywell-xcd", H(40001), (5,)),
        ("honeywell-sensepoint-xrl", H(40101), (5, 6)),
    ):
        faults = [(bit, "D", "fault") for bit in fault_bits]
        yield from by_bit(driver, "holding", first + 5, ALARMS + faults)
        yield from by_value(driver, first + 6, XRL if driver == "honeywell-sensepoint-xrl" else XNX)
    yield from by_value("honeywell-midas", H(40001), MIDAS)
    for driver, unit, register, factor, beside, codes in UNITS:
        for code, says in codes.items():
            wrong = says not in ("", unit)
            causes = (f"the instrument says {says}, not {unit}",) if wrong else ()
            content = {register: code * factor + beside}
            yield State(driver, "holding", content, "D" if wrong else "N", causes, ("gas",))
    yield from by_value("rki-m2a", 1, RKI)
    yield from by_bit("msa-ultima-x", "holding", 40201, ULTIMA_STATUS + sensor_status(1))
    yield from by_bit("msa-ultima-x", "holding", 40202, ULTIMA_FAULTS + sensor_faults(1))
    yield from by_bit("msa-ultima-x3", "holding", 40201, ULTIMA_STATUS)
    yield from by_bit("msa-ultima-x3", "holding", 40202, ULTIMA_FAULTS)
    for sensor in (1, 2, 3):
        yield from by_bit("msa-ultima-x3", "holding", 40201, sensor_status(sensor), f"gas{sensor}")
        yield from by_bit("msa-ultima-x3", "holding", 40202, sensor_faults(sensor), f"gas{sensor}")
    yield from by_bit("msa-ultima-mos5", "holding", 1, MOS5_MODE)
    yield from by_bit("msa-ultima-mos5", "holding", 2, MOS5_STATUS)
    detcon = [(0, "D", "fault"), (3, "N", "alarm 1"), (7, "N", "alarm 2"), (11, "C", "calibrating")]
    yield from by_bit("detcon-1000", "holding", H(40005), detcon)
    calibration = [(6, "N", "calibration needed")]
    yield from by_bit("net-safety-millennium-ii", "holding", H(40021), MILLENNIUM + calibration)
    for channel in (1, 2):
        own = [(bit + 3 * channel - 3, flag, condition) for bit, flag, condition in MILLENNIUM]
        own.append((5 + channel, "N", "calibration needed"))
        yield from by_bit("net-safety-millennium-ii-dual", "holding", H(40021), own, f"gas{channel}")
    for node in range(4):
        yield from by_bit("igd-toc-635", "input", I(33001) + 3 + node, IGD, f"gas{node + 1}")
    for bit, flag, condition in GASTRON:
        yield State("gastron-gtd-5000f", "discrete", {bit: 1}, flag, (condition,))
    for driver in ("oldham-olct-200", "gds-gasmax-cx"):
        yield from by_bit(driver, "input", I(31007), OLCT)
        yield State(driver, "input", {I(31009): 0xFFFF}, "N", ("calibration required",))
        for channel in (1, 2):
            own = [(bit + 4 * channel - 4, flag, condition) for bit, flag, condition in OLCT]
            yield from by_bit(f"{driver}-dual", "input", I(31007), own, f"current{channel}")
            life = {I(31008) + channel: 0xFFFF}
            yield State(
                f"{driver}-dual", "input", life, "N", ("calibration required",), (f"current{channel}",)
            )


STATES = tuple(states())
