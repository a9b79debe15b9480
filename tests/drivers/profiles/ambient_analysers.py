"""Worked examples of the analysers of ambient air that are profiles."""

from tests.drivers.profiles.dust import states
from tests.drivers.profiles.memory import Case, State, bits, f32

__all__ = ["CASES", "LITERAL", "STATES"]

ISERIES = {"order": "ABCD", "unit": "ppb"}
T100 = (
    (0, "N", "PMT detector warning"),
    (1, "N", "UV detector warning"),
    (3, "N", "box temperature warning"),
    (4, "N", "PMT temperature warning"),
    (5, "N", "cell temperature warning"),
    (6, "N", "sample pressure warning"),
    (8, "N", "system reset"),
    (15, "D", "invalid concentration"),
    (16, "C", "zero calibration"),
    (17, "C", "span calibration"),
    (18, "C", "multi-point calibration"),
    (20, "N", "sample flow warning"),
)
T400 = (
    (4, "N", "photometer reference warning"),
    (5, "N", "photometer lamp stability warning"),
    (6, "N", "photometer lamp temperature warning"),
    (7, "N", "box temperature warning"),
    (8, "N", "sample temperature warning"),
    (9, "N", "sample flow warning"),
    (10, "N", "sample pressure warning"),
    (11, "N", "system reset"),
    (19, "D", "invalid concentration"),
    (20, "C", "zero calibration"),
    (21, "C", "low span calibration"),
    (22, "C", "span calibration"),
    (23, "C", "multi-point calibration"),
)
I42 = (
    (3, "M", "service mode"),
    (5, "C", "zero mode"),
    (6, "C", "span mode"),
    (11, "N", "general alarm"),
    (22, "D", "internal temperature alarm"),
    (23, "D", "chamber temperature alarm"),
    (24, "D", "cooler temperature alarm"),
    (25, "D", "converter temperature alarm"),
    (28, "D", "pressure alarm"),
    (29, "D", "flow alarm"),
    (30, "D", "ozone flow alarm"),
    (31, "D", "motherboard alarm"),
    (32, "D", "interface board alarm"),
    (33, "D", "expansion board alarm"),
)
I43 = (
    (2, "M", "service mode"),
    (4, "C", "zero mode"),
    (5, "C", "span mode"),
    (9, "N", "general alarm"),
    (16, "D", "internal temperature alarm"),
    (17, "D", "chamber temperature alarm"),
    (20, "D", "pressure alarm"),
    (21, "D", "flow alarm"),
    (22, "D", "flash reference alarm"),
    (23, "D", "flash voltage alarm"),
    (24, "D", "motherboard alarm"),
    (25, "D", "interface board alarm"),
    (26, "D", "expansion board alarm"),
)
I48 = (
    (3, "M", "service mode"),
    (5, "C", "zero mode"),
    (6, "C", "span mode"),
    (8, "N", "general alarm"),
    (11, "D", "internal temperature alarm"),
    (12, "D", "bench temperature alarm"),
    (13, "D", "pressure alarm"),
    (14, "D", "flow alarm"),
    (15, "D", "intensity alarm"),
    (16, "D", "motor speed alarm"),
    (18, "D", "motherboard alarm"),
    (19, "D", "interface board alarm"),
    (20, "D", "expansion board alarm"),
)


def discrete(driver: str, rows: tuple[tuple[int, str, str], ...], base: int = 0) -> list[State]:
    """One input after the other that is on."""
    return states(driver, tuple(({at + base: 1}, flag, why) for at, flag, why in rows), "discrete")


CASES = (
    Case(
        "teledyne-t100",
        {"register": 22},
        {"input": f32(22, 12.5), "discrete": bits(0, "000000000000000000010")},
        {"so2": (12.5, "ppb")},
        ((2, 0, 21), (4, 22, 2)),
    ),
    Case(
        "teledyne-t101",
        {},
        {"input": f32(0, *[at + 0.5 for at in range(0, 60, 2)])},
        {
            "so2": (34.5, "ppb"),
            "h2s": (38.5, "ppb"),
            "sample_flow": (56.5, "mL/min"),
            "sample_pressure": (58.5, "inHg"),
        },
        ((4, 34, 26),),
    ),
    Case(
        "teledyne-t300",
        {},
        {"input": f32(0, *[at + 0.5 for at in range(0, 60, 2)])},
        {"co": (18.5, "ppm"), "sample_temperature": (32.5, "degC"), "sample_pressure": (34.5, "inHg")},
        ((4, 18, 18),),
    ),
    Case(
        "teledyne-t400",
        {},
        {"input": f32(0, *[at + 0.5 for at in range(0, 60, 2)]), "discrete": bits(0, "0" * 24 + "100")},
        {
            "o3": (18.5, "ppb"),
            "sample_temperature": (38.5, "degC"),
            "sample_flow": (40.5, "mL/min"),
            "sample_pressure": (42.5, "inHg"),
        },
        ((2, 4, 21), (4, 18, 26)),
    ),
    Case(  # the site driver's way: one lower, low word first
        "thermo-42i",
        ISERIES | {"base": -1, "order": "CDAB"},
        {"input": f32(0, 31.5, 12.25, 43.75, order="CDAB"), "discrete": bits(0, "0" * 40)},
        {"no": (31.5, "ppb"), "no2": (12.25, "ppb"), "nox": (43.75, "ppb")},
        ((2, 2, 31), (4, 0, 6)),
    ),
    Case(
        "thermo-43i",
        ISERIES | {"register": 1},
        {"input": f32(1, 7.5), "discrete": bits(0, "0" * 31)},
        {"so2": (7.5, "ppb")},
        ((2, 2, 25), (4, 1, 2)),
    ),
    Case(
        "thermo-48i",
        {"base": 0, "order": "ABCD", "unit": "ppm"},
        {"input": f32(1, 1.5), "discrete": bits(0, "0" * 26)},
        {"co": (1.5, "ppm")},
        ((2, 3, 18), (4, 1, 2)),
    ),
    Case(
        "thermo-450i",
        {"unit": "ppm"},
        {"holding": f32(0, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, order="CDAB")},
        {
            "no": (1.5, "ppm"),
            "no2": (2.5, "ppm"),
            "nh3": (3.5, "ppm"),
            "nox": (4.5, "ppm"),
            "so2": (5.5, "ppm"),
            "h2s": (6.5, "ppm"),
        },
        ((3, 0, 12),),
    ),
)
STATES = (
    *discrete("teledyne-t100", T100),
    State("teledyne-t100", "discrete", {19: 0}, "N", ("system is not OK",)),
    *discrete("teledyne-t400", T400),
    State("teledyne-t400", "discrete", {24: 0}, "N", ("system is not OK",)),
    *discrete("thermo-42i", I42, -1),
    *discrete("thermo-43i", I43),
    *discrete("thermo-48i", I48),
)
LITERAL = (  # as in dust.py
    (
        "thermo-450i",
        (
            (
                "holding",
                0,
                24,
                "01 03 30 EC F6 3B 5A 59 61 3C A4 35 84 3D 17 36 EA 3C CE C3 6A 3C 5B 73 7B 3C 8E "
                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 CE 3D",
            ),
        ),
        [
            (0.00334054, "N"),
            (0.02006215, "N"),
            (0.03691627, "N"),
            (0.02517267, "N"),
            (0.01341329, "N"),
            (0.01738905, "N"),
        ],
    ),
)
