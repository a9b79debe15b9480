"""Worked examples of the Thermo analysers of ambient air that are profiles."""

from tests.drivers.profiles.dust import states
from tests.drivers.profiles.memory import Case, State, bits, f32

__all__ = ["CASES", "LITERAL", "STATES"]

ISERIES = {"order": "ABCD", "unit": "ppb"}
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
    (37, "M", "purge mode"),
    (39, "N", "zero check alarm"),
    (40, "N", "span check alarm"),
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
    (28, "M", "purge mode"),
    (29, "N", "zero check alarm"),
    (30, "N", "span check alarm"),
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
    (22, "M", "purge mode"),
    (24, "N", "zero check alarm"),
    (25, "N", "span check alarm"),
)
I49 = (
    (2, "M", "service mode"),
    (4, "C", "zero mode"),
    (5, "C", "span mode"),
    (12, "M", "purge mode"),
    (13, "N", "general alarm"),
    (16, "D", "bench temperature alarm"),
    (17, "D", "bench lamp temperature alarm"),
    (18, "D", "ozonator lamp temperature alarm"),
    (19, "D", "pressure alarm"),
    (20, "D", "flow A alarm"),
    (21, "D", "flow B alarm"),
    (22, "D", "intensity A alarm"),
    (23, "D", "intensity B alarm"),
    (25, "N", "zero check alarm"),
    (26, "N", "span check alarm"),
    (32, "D", "motherboard alarm"),
    (33, "D", "interface board alarm"),
    (34, "D", "expansion board alarm"),
)


def discrete(driver: str, rows: tuple[tuple[int, str, str], ...], base: int = 0) -> list[State]:
    """One input after the other that is on."""
    return states(driver, tuple(({at + base: 1}, flag, why) for at, flag, why in rows), "discrete")


CASES = (
    Case(  # the site driver's way: one lower, low word first
        "thermo-42i",
        ISERIES | {"base": -1, "order": "CDAB"},
        {"input": f32(0, 31.5, 12.25, 43.75, order="CDAB"), "discrete": bits(0, "0" * 41)},
        {"no": (31.5, "ppb"), "no2": (12.25, "ppb"), "nox": (43.75, "ppb")},
        ((2, 2, 38), (4, 0, 6)),
    ),
    Case(
        "thermo-43i",
        ISERIES | {"register": 1},
        {"input": f32(1, 7.5), "discrete": bits(0, "0" * 31)},
        {"so2": (7.5, "ppb")},
        ((2, 2, 29), (4, 1, 2)),
    ),
    Case(
        "thermo-48i",
        {"base": 0, "order": "ABCD", "unit": "ppm"},
        {"input": f32(1, 1.5), "discrete": bits(0, "0" * 26)},
        {"co": (1.5, "ppm")},
        ((2, 3, 23), (4, 1, 2)),
    ),
    Case(
        "thermo-49i",
        ISERIES | {"base": 0},
        {"input": f32(1, 31.25), "discrete": bits(0, "0" * 35)},
        {"o3": (31.25, "ppb")},
        ((2, 2, 33), (4, 1, 2)),
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
    *discrete("thermo-42i", I42, -1),
    *discrete("thermo-43i", I43),
    *discrete("thermo-48i", I48),
    *discrete("thermo-49i", I49),
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
