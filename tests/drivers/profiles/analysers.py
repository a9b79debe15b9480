"""Worked examples of the gas analysers that are profiles."""

from typing import Any

from tests.drivers.profiles.dust import HEBEI, states
from tests.drivers.profiles.memory import Case, State, bits, f32, i16

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


def hebei(driver: str, gas: dict[int, int], said: dict[str, Any], count: int, **settings: str) -> Case:
    """The register layout that makers of Hebei share: gases from 0 on, state at 100."""
    return Case(driver, settings, {"holding": gas | i16(100, 0, 0)}, said, ((3, 0, count), (3, 100, 2)))


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
    Case(
        "sick-mcs100ft",
        {},
        {
            "input": f32(0x8A, *[at + 0.5 for at in range(17)], order="CDAB"),
            "discrete": {0x0FA0: 0, 0x0FA3: 1, 0x0FA6: 0, 0x1185: 0, 0x1187: 0},
        },
        {
            "hcl": (0.5, "mg/m3"),
            "nh3": (2.5, "mg/m3"),
            "co": (3.5, "mg/m3"),
            "no": (4.5, "mg/m3"),
            "so2": (6.5, "mg/m3"),
            "no2": (7.5, "mg/m3"),
            "humidity": (10.5, "%"),
            "oxygen": (11.5, "%"),
            "nox": (16.5, "mg/m3"),
        },
        (*[(2, at, 1) for at in (0x0FA0, 0x0FA3, 0x0FA6, 0x1185, 0x1187)], (4, 0x8A, 34)),
    ),
    Case(
        "sick-marsic300",
        {"order": "ABCD", "unit": "mg/m3", "percent_unit": "%vol"},
        {
            "input": f32(1000, *[at + 0.5 for at in range(12)]),
            "discrete": bits(1000, "00001") | bits(1024, "00"),
        },
        {
            "so2": (0.5, "mg/m3"),
            "co2": (1.5, "%vol"),
            "h2o": (3.5, "%vol"),
            "no": (4.5, "mg/m3"),
            "no2": (5.5, "mg/m3"),
            "nox": (6.5, "mg/m3"),
            "nh3": (7.5, "mg/m3"),
            "co": (8.5, "mg/m3"),
            "ch4": (9.5, "mg/m3"),
            "oxygen": (10.5, "%vol"),
            "voc": (11.5, "mg/m3"),
        },
        ((2, 1000, 5), (2, 1024, 2), (4, 1000, 24)),
    ),
    Case(  # the second component
        "siemens-siprocess-ga700",
        {"base": 12, "table": "holding", "order": "ABCD", "unit": "ppm"},
        {"holding": f32(0x0E, 350.5) | {0x10: 0x80}},
        {"gas": (350.5, "ppm")},
        ((3, 0x0E, 3),),
    ),
    Case(
        "thermo-txo-1000",
        {},
        {"holding": i16(0x80, 20946) | {0x10: 0xFF01}},
        {"oxygen": (20.946, "%")},
        ((3, 0x10, 1), (3, 0x80, 1)),
    ),
    Case("anrongxin-arx5100", {}, {"input": f32(2, 20.875)}, {"oxygen": (20.875, "%")}, ((4, 2, 2),)),
    Case(
        "zetian-o2",
        {},
        {"holding": f32(0x100C, 20.875, order="CDAB")},
        {"oxygen": (20.875, "%")},
        ((3, 0x100C, 2),),
    ),
    Case(
        "sddongtai-g3000-uv",
        {},
        {"holding": i16(0, 35, 123, 2087)},
        {"so2": (35.0, "mg/m3"), "no": (12.3, "mg/m3"), "oxygen": (20.87, "%")},
        ((3, 0, 3),),
    ),
    Case(
        "cuiyungu-tl-gas280",
        {"co2_unit": "%"},
        {"holding": f32(0, 1.5, 2.5, 3.5, 4.5, 5.5, order="CDAB") | i16(0x67, 0)},
        {
            "no": (1.5, "mg/m3"),
            "so2": (2.5, "mg/m3"),
            "oxygen": (3.5, "%"),
            "co": (4.5, "mg/m3"),
            "co2": (5.5, "%"),
        },
        ((3, 0, 10), (3, 0x67, 1)),
    ),
    Case(
        "ruian-ra8000",
        {"unit": "mg/m3"},
        {"holding": i16(0xC8, 0, 0, 0, 0, 0, 35, 5)},
        {"so2": (35.0, "mg/m3")},
        ((3, 205, 2),),
    ),
    Case(
        "chuanyi-ps7400f",
        {},
        {"holding": f32(0, *[at + 0.5 for at in range(14)])},
        {
            "so2": (0.5, "mg/m3"),
            "nox": (1.5, "mg/m3"),
            "co": (2.5, "mg/m3"),
            "hcl": (4.5, "mg/m3"),
            "humidity": (7.5, "%"),
            "no": (8.5, "mg/m3"),
            "no2": (9.5, "mg/m3"),
            "oxygen": (13.5, "%"),
        },
        ((3, 0, 28),),
    ),
    Case(
        "sdl-model4000",
        {"co2_unit": "%"},
        {"holding": f32(0, *[at + 0.5 for at in range(18)]) | i16(100, 0)},
        {
            "so2": (0.5, "mg/m3"),
            "no": (2.5, "mg/m3"),
            "no2": (4.5, "mg/m3"),
            "hcl": (8.5, "mg/m3"),
            "co": (14.5, "mg/m3"),
            "co2": (16.5, "%"),
        },
        ((3, 0, 34), (3, 100, 1)),
    ),
    Case(
        "juguang-cems-2000d-so2",
        {},
        {"holding": f32(0, 12.5, order="CDAB")},
        {"so2": (12.5, "mg/m3")},
        ((3, 0, 2),),
    ),
    Case(
        "juguang-cems-2000d-nox",
        {},
        {"holding": f32(0, 3.5, 1.5, 2.0, order="CDAB")},
        {"nox": (3.5, "mg/m3"), "no": (1.5, "mg/m3"), "no2": (2.0, "mg/m3")},
        ((3, 0, 6),),
    ),
    hebei(
        "lvshi-cems",
        f32(0, 10.5, 0.0, 20.5, 0.0, 15.5),
        {"so2": (10.5, "mg/m3"), "no": (20.5, "mg/m3"), "oxygen": (15.5, "%")},
        10,
    ),
    hebei(
        "hefeng-cems",
        f32(0, 10.5, 0.0, 20.5, 0.0, 15.5),
        {"so2": (10.5, "mg/m3"), "no": (20.5, "mg/m3"), "oxygen": (15.5, "%")},
        10,
    ),
    hebei(
        "wuxi-chenchuang-cems",
        f32(0, 10.5, 20.5, 15.5, 0.0, 0.0, 0.0, 8.5, 4.5),
        {
            "so2": (10.5, "mg/m3"),
            "no": (20.5, "mg/m3"),
            "oxygen": (15.5, "%"),
            "co": (8.5, "mg/m3"),
            "co2": (4.5, "%"),
        },
        16,
        co2_unit="%",
    ),
    Case(
        "hefeng-flue-gas",
        {"co2_unit": "%"},
        {"holding": f32(0, *[at + 0.5 for at in range(10)])},
        {
            "temperature": (0.5, "degC"),
            "pressure": (1.5, "Pa"),
            "velocity": (2.5, "m/s"),
            "humidity": (3.5, "%"),
            "oxygen": (4.5, "%"),
            "so2": (5.5, "mg/m3"),
            "nox": (6.5, "mg/m3"),
            "no": (7.5, "mg/m3"),
            "dust": (8.5, "mg/m3"),
            "co2": (9.5, "%"),
        },
        ((3, 0, 20),),
    ),
    Case(
        "kaier-unimat120",
        {},
        {"holding": f32(0x1000, 10.5, 20.5, 15.5)},
        {"so2": (10.5, "mg/m3"), "no": (20.5, "mg/m3"), "oxygen": (15.5, "%")},
        ((3, 0x1000, 6),),
    ),
    Case(
        "sdl-scs-900uv",
        {},
        {"input": i16(0x0A, 0x0001, 0) | f32(0x0C, 10.5, 20.5, 15.5, 2.5, 23.5)},
        {
            "so2": (10.5, "mg/m3"),
            "no": (20.5, "mg/m3"),
            "oxygen": (15.5, "%"),
            "no2": (2.5, "mg/m3"),
            "nox": (23.5, "mg/m3"),
        },
        ((4, 0x0A, 12),),
    ),
    Case(
        "sdxinze-cems-v2",
        {},
        {"holding": f32(0, 10.5, 20.5, 23.5, 15.5, 0.0, 0.0, 0.0, 0.0)},
        {
            "so2": (10.5, "mg/m3"),
            "no": (20.5, "mg/m3"),
            "nox": (23.5, "mg/m3"),
            "oxygen": (15.5, "%"),
        },
        ((3, 0, 15),),
    ),
)
GA700 = (
    *[(code, "N", "warning limit") for code in (0x89, 0x8A, 0x8B)],
    *[(code, "N", "alarm limit") for code in (0x8D, 0x8E, 0x8F)],
    *[(code, "N", "maintenance demanded") for code in (0xA4, 0xA8)],
    (0xBC, "M", "function check"),
    (0x4F, "M", "warming up"),
    *[(code, "D", "uncertain") for code in (0x68, 0x78)],
    (0x3C, "C", "calibrating"),
    *[(code, "D", "bad") for code in (0x00, 0x24, 0x27, 0x3F)],
    (0x99, "D", "status 153 is not in the profile"),
)
STATES = (
    *discrete("teledyne-t100", T100),
    State("teledyne-t100", "discrete", {19: 0}, "N", ("system is not OK",)),
    *discrete("teledyne-t400", T400),
    State("teledyne-t400", "discrete", {24: 0}, "N", ("system is not OK",)),
    *discrete("thermo-42i", I42, -1),
    *discrete("thermo-43i", I43),
    *discrete("thermo-48i", I48),
    *states(
        "sick-mcs100ft",
        (
            ({0x0FA0: 1}, "D", "fault"),
            ({0x0FA3: 0}, "F", "not measuring"),
            ({0x0FA6: 1}, "C", "calibrating"),
            ({0x1185: 1}, "C", "zero"),
            ({0x1187: 1}, "M", "maintenance"),
        ),
        "discrete",
    ),
    *states(
        "sick-marsic300",
        (
            ({1000: 1}, "D", "malfunction"),
            ({1001: 1}, "N", "maintenance request"),
            ({1002: 1}, "M", "maintenance"),
            ({1003: 1}, "N", "out of specification"),
            ({1004: 0}, "M", "values are held"),
            ({1024: 1}, "C", "zero"),
            ({1025: 1}, "C", "span check"),
        ),
        "discrete",
    ),
    *states("siemens-siprocess-ga700", tuple(({0x10: code}, flag, why) for code, flag, why in GA700)),
    *states(
        "thermo-txo-1000",
        (({0x10: 2}, "C", "calibrating"), ({0x10: 3}, "C", "calibrating"), ({0x10: 4}, "D", "fault")),
    ),
    *states(
        "cuiyungu-tl-gas280",
        (
            *[({0x67: step}, "C", f"calibrating, step {step}") for step in range(1, 8)],
            ({0x67: 8}, "D", "fault"),
        ),
    ),
    State("ruian-ra8000", "holding", {206: 3}, "D", ("unit 3 is not in the profile",)),
    State("ruian-ra8000", "holding", {206: 1}, "D", ("the instrument says ppm, not mg/m3",)),
    State("ruian-ra8000", "holding", {206: 2}, "D", ("the instrument says ppb, not mg/m3",)),
    *states("sdl-model4000", HEBEI[:4]),
    *states(
        "sdl-scs-900uv",
        (
            *[({0x0A: step + 1}, "C", f"calibrating, step {step}") for step in range(1, 7)],
            *[({0x0A: 0x0100 << at}, "D", f"fault bit {at}") for at in range(8)],
            *[({0x0B: 1 << at}, "M", f"maintenance bit {at}") for at in range(8)],
        ),
        "input",
    ),
    *states(
        "sdxinze-cems-v2",
        (
            *[({14: step}, "C", f"calibrating, step {step}") for step in range(1, 6)],
            ({14: 6}, "M", "maintenance"),
            ({14: 7}, "D", "fault"),
            ({14: 8}, "C", "zero"),
        ),
    ),
    *states("lvshi-cems", HEBEI),
    *states("hefeng-cems", HEBEI),
    *states("wuxi-chenchuang-cems", HEBEI),
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
    (
        "kaier-unimat120",
        (
            (
                "holding",
                0x1000,
                16,
                "30 03 20 42 B1 00 00 42 B7 00 00 41 48 00 00 42 96 66 66 43 8E 99 9A 41 CC CC CD 3F C0 "
                "00 00 43 26 B3 33 57 9E",
            ),
        ),
        [(88.5, "N"), (91.5, "N"), (12.5, "N")],
    ),
)
