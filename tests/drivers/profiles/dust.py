"""Worked examples of the TSP and dust monitors that are profiles."""

from tests.drivers.profiles.memory import Case, State, bits, f32, i16

__all__ = ["CASES", "LITERAL", "STATES"]

HEBEI = (  # the state of the layout that makers of Hebei share, at register 100
    ({100: 1}, "M", "maintenance"),
    ({100: 2}, "D", "fault"),
    ({100: 3}, "C", "calibrating"),
    ({100: 4}, "C", "zero"),
    ({100: 5}, "C", "calibrating"),
    ({100: 9}, "D", "state 9 is not in the profile"),
    ({101: 1}, "N", "alarm"),
)
CODES = ((1, "M", "maintenance"), (2, "D", "fault"), (3, "C", "calibrating"), (5, "C", "zero"))
SAMPLE_FLOW = 1


def zeros(first: int, end: int) -> dict[int, int]:
    """Registers first..end that hold nothing of interest, as those between two that are read."""
    return i16(first, *[0] * (end - first + 1))


def states(
    driver: str, rows: tuple[tuple[dict[int, int], str, str], ...], table: str = "holding"
) -> list[State]:
    return [
        State(driver, table, registers, flag, (condition,) if condition else ())
        for registers, flag, condition in rows
    ]


def codes(driver: str, register: int, table: str = "holding") -> list[State]:
    """The platform's own state code in one register."""
    return states(driver, tuple(({register: code}, flag, why) for code, flag, why in CODES), table)


CASES = (
    Case(
        "boling-dust",
        {"unit": "ug/m3"},
        {"holding": i16(0, -1, -5, 0, 123, 0, 57)},
        {"tsp": (-5.0, "ug/m3"), "pm10": (123.0, "ug/m3"), "pm25": (57.0, "ug/m3")},
        ((3, 0, 6),),
    ),
    Case(
        "zhongxing-dm601",
        {},
        {"holding": f32(0, 1.375, 99.0) | i16(100, 0, 0, 4)},
        {"tsp": (1.375, "mg/m3"), "tsp_raw": (99.0, "mg/m3"), "alarm_type": (4.0, "1")},
        ((3, 0, 4), (3, 100, 3)),
    ),
    Case(
        "zhongke-pm-cems",
        {},
        {"holding": f32(0, 1.375, 99.0, order="CDAB") | i16(100, 0, 0)},
        {"tsp": (1.375, "mg/m3")},
        ((3, 0, 2), (3, 100, 2)),
    ),
    Case(
        "zhongke-tr216i",
        {},
        {"holding": f32(0x55, 12.5, order="DCBA")},
        {"tsp": (12.5, "mg/m3")},
        ((3, 0x55, 2),),
    ),
    Case(
        "njborui-md6000",
        {"table": "input", "order": "CDAB"},
        {"input": f32(0x0100, 3.25, order="CDAB"), "holding": {0x0801: 0x0100}},
        {"tsp": (3.25, "mg/m3")},
        ((3, 0x0801, 1), (4, 0x0100, 2)),
    ),
    Case(
        "juguang-synspec-pm",
        {},
        {"holding": zeros(0, 22) | {0: 1} | f32(2, 7.5, order="CDAB")},
        {"tsp": (7.5, "mg/m3")},
        ((3, 0, 23),),
    ),
    Case(
        "qdjiaming-laserdust-mp",
        {"order": "CDAB"},
        {"input": f32(0x7E, 50.0, order="CDAB") | {0x258: 0}},
        {"tsp": (50.0, "mg/m3")},
        ((4, 0x7E, 2), (4, 0x258, 1)),
    ),
    Case(
        "beifeng-sbf800",
        {},
        {"holding": zeros(0x0500, 0x0522) | f32(0x0523, 8.25)},
        {"tsp": (8.25, "mg/m3")},
        ((3, 0x0500, 37),),
    ),
    Case(
        "beifeng-sbf800-2021b",
        {},
        {"holding": i16(0x1007, 0x3132, 0x2E33, 0x3435) | i16(0x100F, 0, 0)},  # "12.345"
        {"tsp": (12.345, "mg/m3")},
        ((3, 0x1007, 3), (3, 0x100F, 2)),
    ),
    Case(
        "wuxi-chuangcheng-da600",
        {},
        {"holding": f32(0, 4.5, 88.0, 0.0, order="CDAB")},
        {"tsp": (4.5, "mg/m3")},
        ((3, 0, 6),),
    ),
    Case(
        "deltaohm-pmbsense",
        {},
        {"input": i16(0, 11, 12, 13, 57, 123, 655)},
        {"pm1": (5.7, "ug/m3"), "pm25": (12.3, "ug/m3"), "pm10": (65.5, "ug/m3")},
        ((4, 3, 3),),
    ),
    Case(
        "palas-fidas",
        {},
        {
            "input": f32(14, 4.75, 21.5, 40.25, 3.0, 1011.5)
            | f32(39, 0.0078125, 0.015625, 0.03125, 0.0625, 0.125)
        },
        {
            "flow": (4.75, "L/min"),
            "temperature": (21.5, "degC"),
            "humidity": (40.25, "%"),
            "pressure": (1011.5, "mbar"),
            "pm1": (7.8125, "ug/m3"),
            "pm25": (15.625, "ug/m3"),
            "pm4": (31.25, "ug/m3"),
            "pm10": (62.5, "ug/m3"),
            "tsp": (125.0, "ug/m3"),
        },
        ((4, 14, 10), (4, 39, 10)),
    ),
    Case(
        "teledyne-t640",
        {},
        {"input": f32(0, *[at + 0.5 for at in range(0, 112, 2)]), "discrete": bits(0, "00000000")},
        {
            "pm10": (6.5, "ug/m3"),
            "pm25": (8.5, "ug/m3"),
            "pm_coarse": (10.5, "ug/m3"),
            "humidity": (36.5, "%"),
            "ambient_temperature": (40.5, "degC"),
            "pm1": (64.5, "ug/m3"),
            "tsp": (96.5, "ug/m3"),
        },
        ((2, 0, 8), (4, 6, 92)),
    ),
    Case(
        "sick-visic100sf",
        {"k_unit": "1/km", "dust_unit": "mg/m3", "gas_unit": "ppm"},
        {
            "holding": f32(100, 3.25)
            | {102: 0}
            | f32(103, 0.75)
            | i16(105, 0, 9, 9)
            | f32(108, 12.0)
            | f32(113, 1.5)
        },
        {"k_value": (3.25, "1/km"), "dust": (0.75, "mg/m3"), "co": (12.0, "ppm"), "no": (1.5, "ppm")},
        ((3, 100, 10), (3, 113, 2)),
    ),
    Case(
        "thermo-5030i-modbus",
        {"unit": "ug/m3"},
        {
            "coil": bits(0, "0" * 18),
            "input": f32(1, 31.5, order="CDAB") | i16(3, *[0] * 12) | f32(15, 45.5, 38.25, order="CDAB"),
        },
        {"pm": (31.5, "ug/m3"), "ambient_humidity": (45.5, "%"), "sample_humidity": (38.25, "%")},
        ((1, 2, 16), (4, 1, 18)),
    ),
    Case(
        "siemens-qsa2700d",
        {"unit": "ug/m3"},
        {"holding": i16(256, 12, 34) | {259: 0}},
        {"pm25": (12.0, "ug/m3"), "pm10": (34.0, "ug/m3")},
        ((3, 256, 2), (3, 259, 1)),
    ),
    Case(
        "qdzhongping-lrcd2000wv",
        {},
        {"holding": f32(0, 50.0), "coil": bits(0, "10000000000")},
        {"tsp": (50.0, "mg/m3")},
        ((1, 0, 11), (3, 0, 2)),
    ),
    Case(
        "sdxinze-sdust100",
        {},
        {"holding": f32(0, 50.0, 200.0, 0.0, 0.0, 1.0, 1.0, 0.0)},
        {"tsp": (50.0, "mg/m3")},
        ((3, 0, 14),),
    ),
    Case(
        "zhonglv-sgmp300pm",
        {},
        {"holding": i16(0x64, 0x0100, 0, 0, 0, 0) | f32(0xC8, 2.5)},
        {"tsp": (2.5, "mg/m3")},
        ((3, 0x64, 5), (3, 0xC8, 2)),
    ),
    Case(
        "zetian-tsp",
        {"register": 85, "order": "DCBA"},
        {"holding": f32(0x55, 2.5, order="DCBA")},
        {"tsp": (2.5, "mg/m3")},
        ((3, 0x55, 2),),
    ),
    Case(
        "juguang-tsp",
        {},
        {"input": f32(2, 2.5, order="CDAB") | {0x15: 0}},
        {"tsp": (2.5, "mg/m3")},
        ((4, 2, 2), (4, 0x15, 1)),
    ),
    Case(
        "sdl-scs-900cpm",
        {"register": 0},
        {"holding": f32(0, 2.5) | {0x0E: 1}},
        {"tsp": (2.5, "mg/m3")},
        ((3, 0, 2), (3, 0x0E, 1)),
    ),
    Case("thermo-pm-cems", {}, {"holding": f32(0x75, 2.5)}, {"tsp": (2.5, "mg/m3")}, ((3, 0x75, 2),)),
    Case("zhongdianxingye-tsp", {}, {"holding": f32(0, 2.5)}, {"tsp": (2.5, "mg/m3")}, ((3, 0, 2),)),
    Case(
        "mandeke-dcem3000",
        {},
        {"input": f32(12, 2.5, order="CDAB")},
        {"tsp": (2.5, "mg/m3")},
        ((4, 12, 2),),
    ),
    Case(
        "cuiyungu-tl-pmm180",
        {"register": 100},
        {"holding": f32(0x64, 2.5) | i16(0x70, 1, 0)},
        {"tsp": (2.5, "mg/m3")},
        ((3, 0x64, 2), (3, 0x70, 2)),
    ),
)
SHARP = (  # coils of a 5030i
    (2, "M", "service mode"),
    (4, "N", "general alarm"),
    (5, "N", "concentration alarm"),
    (6, "D", "instrument alarm"),
    (7, "D", "beta detector alarm"),
    (8, "D", "nephelometer alarm"),
    (9, "D", "humidity or temperature alarm"),
    (10, "D", "pressure or vacuum alarm"),
    (11, "D", "flow alarm"),
    (15, "N", "external alarm 1"),
    (16, "N", "external alarm 2"),
    (17, "N", "external alarm 3"),
)
STATES = (
    *states("thermo-5030i-modbus", tuple(({at: 1}, flag, why) for at, flag, why in SHARP), "coil"),
    *[
        State("zhongxing-dm601", "holding", registers, flag, (condition,), ("tsp", "tsp_raw"))
        for registers, flag, condition in HEBEI
    ],
    *states("zhongke-pm-cems", HEBEI),
    State("njborui-md6000", "holding", {0x0801: 0x0040}, "C", ("calibrating",)),
    State("njborui-md6000", "holding", {0x0801: 0x0400}, "D", ("fault",)),
    *states(
        "juguang-synspec-pm",
        (
            ({0: 2}, "M", "maintenance"),
            ({0: 3}, "C", "calibrating"),
            ({0: 4}, "C", "calibrating"),
            ({0: 5}, "C", "zero"),
            ({0: 6}, "D", "fault"),
            ({0: 7}, "D", "state 7 is not in the profile"),
            ({22: 1}, "N", "alarm"),
        ),
    ),
    State("juguang-synspec-pm", "holding", {0: 0}, "N", ()),
    State("qdjiaming-laserdust-mp", "input", {0x258: 1}, "M", ("alarm",)),
    *codes("beifeng-sbf800-2021b", 0x100F),
    *states("beifeng-sbf800-2021b", (({0x100F: 4}, "N", "state 4"), ({0x1010: 1}, "N", "alarm"))),
    *codes("beifeng-sbf800", 0x0500),
    *states("beifeng-sbf800", (({0x0500: 6}, "C", "span"), ({0x0501: 1}, "N", "alarm"))),
    *states(
        "wuxi-chuangcheng-da600",
        (
            (f32(4, 1.0, order="CDAB"), "M", "maintenance"),
            (f32(4, 2.0, order="CDAB"), "D", "fault"),
            (f32(4, 3.0, order="CDAB"), "C", "calibrating"),
        ),
    ),
    *states(
        "teledyne-t640",
        (
            ({0: 1}, "N", "box temperature warning"),
            ({SAMPLE_FLOW: 1}, "N", "sample flow warning"),
            ({2: 1}, "N", "internal serial timeout"),
            ({3: 1}, "N", "system reset"),
            ({5: 1}, "N", "sample temperature warning"),
            ({6: 1}, "N", "bypass flow warning"),
            ({7: 1}, "D", "system fault"),
        ),
        "discrete",
    ),
    *states(
        "siemens-qsa2700d", (({259: 1}, "D", "replace the module"), ({259: 2}, "D", "module does not answer"))
    ),
    *states(
        "qdzhongping-lrcd2000wv",
        (
            ({0: 0}, "D", "does not say that it is normal"),
            ({1: 1}, "C", "calibrating"),
            ({2: 1}, "C", "calibrating"),
            ({3: 1}, "C", "zero"),
            ({4: 1}, "C", "zero"),
            *[({4 + at: 1}, "N", f"alarm {at}") for at in range(1, 7)],
        ),
        "coil",
    ),
    *states("sdxinze-sdust100", tuple((f32(12, code), flag, why) for code, flag, why in CODES)),
    *states(
        "zhonglv-sgmp300pm",
        (
            ({0x64: 0x0200}, "M", "maintenance"),
            ({0x68: 0x0100}, "C", "zero"),
            *[({0x68: 1 << at}, "D", f"fault bit {at}") for at in range(8)],
        ),
    ),
    *codes("juguang-tsp", 0x15, "input"),
    *states("juguang-tsp", (({0x15: 6}, "C", "span"),), "input"),
    *states(
        "sdl-scs-900cpm",
        (
            ({14: 16}, "C", "zero"),
            ({14: 32}, "C", "calibrating"),
            ({14: 64}, "M", "maintenance"),
            ({14: 96}, "C", "calibrating"),
            ({14: 128}, "D", "fault"),
        ),
    ),
    *states(
        "cuiyungu-tl-pmm180",
        (
            ({0x70: 2}, "C", "calibrating"),
            ({0x70: 3}, "C", "calibrating"),
            ({0x70: 4}, "C", "zero"),
            ({0x70: 5}, "D", "fault"),
            *[({0x71: 1 << at}, "N", f"alarm bit {at}") for at in range(6)],
        ),
    ),
)
LITERAL = (  # driver, what was answered (table, first register, count, frame), value, flag and conditions
    (
        "boling-dust",
        (("holding", 2, 2, "01 03 04 00 00 00 42 7A 02"),),
        [(-5.0, "N"), (66.0, "N"), (57.0, "N")],
    ),
    (
        "zhongxing-dm601",
        (
            ("holding", 0, 4, "01 03 08 42 48 00 00 42 48 00 00 4C 54"),
            ("holding", 100, 3, "01 03 06 00 00 00 00 00 00 21 75"),
        ),
        [(50.0, "N"), (50.0, "N"), (0.0, "N")],
    ),
    (
        "zhongke-pm-cems",
        (("holding", 100, 3, "01 03 06 00 01 00 00 00 00 1C B5"),),
        [(1.375, "M", "maintenance")],
    ),
    (
        "mandeke-dcem3000",
        (
            (
                "input",
                12,
                17,
                "01 04 22 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 "
                "32 33 41 03 32 33 41 03 00 00 5F 65",
            ),
        ),
        [(8.199756, "N")],
    ),
)
