"""Worked examples of the flue gas analysers that are profiles."""

from typing import Any

from tests.drivers.profiles.dust import HEBEI, states
from tests.drivers.profiles.memory import Case, State, bits, f32, i16

__all__ = ["CASES", "LITERAL", "STATES"]


def hebei(driver: str, gas: dict[int, int], said: dict[str, Any], count: int, **settings: str) -> Case:
    """The register layout that makers of Hebei share: gases from 0 on, state at 100."""
    return Case(driver, settings, {"holding": gas | i16(100, 0, 0)}, said, ((3, 0, count), (3, 100, 2)))


CASES = (
    Case(
        "anrongxin-aga1000",
        {},
        {"input": f32(0, 12.5, 3.25, 20.5)},
        {"no": (12.5, "mg/m3"), "so2": (3.25, "mg/m3"), "oxygen": (20.5, "%")},
        ((4, 0, 6),),
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
    Case(  # oxygen first, then SO2 and NO; one decimal
        "sdl-model1080",
        {"so2_register": 3, "no_register": 5, "oxygen_register": 1, "unit": "mg/m3"},
        {"holding": i16(0, 0x0009, 2087, 0x0A0C, 351, 0x0906, 123, 0x0907)},
        {"so2": (35.1, "mg/m3"), "no": (12.3, "mg/m3"), "oxygen": (20.87, "%vol")},
        ((3, 0, 7),),
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
        "sdl-model1080",
        (
            ({0: 0x0001}, "N", ""),
            ({0: 0x000B}, "N", ""),
            ({0: 0x000C}, "N", ""),
            ({0: 0x000D}, "C", "calibrating"),
            ({0: 0x000E}, "C", "calibrating"),
            ({0: 0x000A}, "D", "mode 2 is not in the profile"),
        ),
    ),
    State("sdl-model1080", "holding", {4: 0x0206}, "D", ("the instrument says ppm, not mg/m3",), ("so2",)),
    State("sdl-model1080", "holding", {6: 0x0207}, "D", ("the instrument says ppm, not mg/m3",), ("no",)),
    State("sdl-model1080", "holding", {4: 0x0907}, "D", ("so2_id 2311 is not in the profile",), ("so2",)),
    State(
        "sdl-model1080", "holding", {2: 0x020C}, "D", ("oxygen_id 524 is not in the profile",), ("oxygen",)
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
        "anrongxin-aga1000",  # of the site driver's comment, which prints another CRC (D8 EA)
        (("input", 0, 6, "01 04 0C 41 9F 70 A4 41 43 00 00 41 43 00 00 3E 61"),),
        [(19.93, "N"), (12.1875, "N"), (12.1875, "N")],
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
