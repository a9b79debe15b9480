"""Dialogues of dust monitors and gas analysers that are register maps, from the comments of site drivers."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]


def _time(name, day, hour, minute, second):
    return [
        (f"{name}_day", float(day), "d", "N", ()),
        (f"{name}_hour", float(hour), "h", "N", ()),
        (f"{name}_minute", float(minute), "min", "N", ()),
        (f"{name}_second", float(second), "s", "N", ()),
    ]


DIALOGUES = (
    Dialogue(
        "zhongxing-dm601",
        "questions and answers of driver rtuacq_protocol_TSP_ZhongXing_DM601_Low.c",
        (
            ("01 03 00 00 00 04 44 09", "01 03 08 42 48 00 00 42 48 00 00 4C 54"),
            ("01 03 00 64 00 03 44 14", "01 03 06 00 00 00 00 00 00 21 75"),
        ),
        [
            ("tsp", 50.0, "mg/m3", "N", ()),
            ("tsp_raw", 50.0, "mg/m3", "N", ()),
            ("alarm_type", 0.0, "1", "N", ()),
        ],
        {},
        1,
    ),
    Dialogue(
        "zhongke-tr216i",
        "question and answer of driver rtuacq_protocol_cems_ZhongKe_TR216I.c",
        (("01 03 00 55 00 02 D4 1B", "01 03 04 00 00 48 42 4C 02"),),
        [("tsp", 50.0, "mg/m3", "N", ())],
        {},
        1,
    ),
    Dialogue(
        "sdl-scs-900cpm",
        "both questions and answers of driver rtuacq_protocol_cems_BJXueDiLong_SCS_900CPM.c; its comment has "
        "FD CA for the CRC of the state's question, the value is a place-holder of its author",
        (
            ("01 03 00 0E 00 01 E5 C9", "01 03 02 00 01 79 84"),
            ("01 03 00 1A 00 02 E5 CC", "01 03 04 3C 4B 5D 5D 7F 1C"),
        ),
        [("tsp", 0.012412396, "mg/m3", "N", ())],
        {"register": 26},
        1,
    ),
    Dialogue(
        "qdjiaming-laserdust-mp",
        "question and answer of driver rtuacq_protocol_tsp_QDJiaMing_LaserDustMP.c; the alarm's are ours",
        (
            ("01 04 00 7E 00 02 11 D3", "01 04 04 42 48 00 00 6F EA"),
            ("01 04 02 58 00 01 B1 A1", "01 04 02 00 00 B9 30"),
        ),
        [("tsp", 50.0, "mg/m3", "N", ())],
        {"order": "ABCD"},
        1,
    ),
    Dialogue(
        "njborui-md6000",
        "question and answer of driver rtuacq_protocol_tsp_NJBoRui_MD6000.c; the state's are ours",
        (
            ("01 03 01 00 00 02 C5 F7", "01 03 04 42 48 00 00 6E 5D"),
            ("01 03 08 01 00 01 D7 AA", "01 03 02 01 00 B9 D4"),
        ),
        [("tsp", 50.0, "mg/m3", "N", ())],
        {"table": "holding", "order": "ABCD"},
        1,
    ),
    Dialogue(
        "xunchip-xm8589",
        "XunChip pages XM8589 and XM8335, question and answer; their example divides by 100",
        (("01 03 00 00 00 01 84 0A", "01 03 02 00 79 79 A6"),),
        [("wind_speed", 1.21, "m/s", "N", ())],
        {"divisor": 100},
        1,
    ),
    Dialogue(
        "juguang-cems-2000d-nox",
        "question and answer of driver rtuacq_protocol_cems_JuGuang_HeBei_2000D.c",
        (("01 03 00 00 00 06 C5 C8", "01 03 0C 1C D5 3F 8E 1C D5 3F 8E 1C D5 3F 8E 89 81"),),
        [
            ("nox", 1.1102549, "mg/m3", "N", ()),
            ("no", 1.1102549, "mg/m3", "N", ()),
            ("no2", 1.1102549, "mg/m3", "N", ()),
        ],
        {},
        1,
    ),
    Dialogue(
        "sddongtai-g3000-uv",
        "question and answer of driver rtuacq_protocol_cems_SDdongTai_G3000_UV.c; its comment has FF FF for "
        "the answer's CRC",
        (("01 03 00 00 00 03 05 CB", "01 03 06 03 83 12 7F 08 20 56 20"),),
        [
            ("so2", 899.0, "mg/m3", "N", ()),
            ("no", 473.5, "mg/m3", "N", ()),
            ("oxygen", 20.8, "%", "N", ()),
        ],
        {},
        1,
    ),
    Dialogue(
        "hefeng-flue-gas",
        "question and answer of driver rtuacq_protocol_cems_HBHeFengCEMS.c",
        (
            (
                "01 03 00 00 00 14 45 C5",
                "01 03 28 42 38 47 AE C3 06 80 00 41 84 00 00 41 84 00 00 41 A6 66 66 42 5A 14 7B "
                "41 93 99 9A 3F 9D 70 A4 45 7F 8B 5C 41 93 99 9A A8 D7",
            ),
        ),
        [
            ("temperature", 46.07, "degC", "N", ()),
            ("pressure", -134.5, "Pa", "N", ()),
            ("velocity", 16.5, "m/s", "N", ()),
            ("humidity", 16.5, "%", "N", ()),
            ("oxygen", 20.8, "%", "N", ()),
            ("so2", 54.52, "mg/m3", "N", ()),
            ("nox", 18.45, "mg/m3", "N", ()),
            ("no", 1.23, "mg/m3", "N", ()),
            ("dust", 4088.71, "mg/m3", "N", ()),
            ("co2", 18.45, "%", "N", ()),
        ],
        {"co2_unit": "%"},
        1,
    ),
    Dialogue(
        "coking-plant-plc",
        "answer of driver rtuacq_protocol_mark_GongKuang_JiaoHua_coking.c, of 10 October 2021; the question "
        "is built from the driver's call",
        (
            (
                "01 03 00 00 00 2E C5 D6",
                "01 03 5C 3F 80 00 00 07 E5 00 0A 00 09 00 17 00 25 00 18 07 E5 00 0A 00 09 00 17 00 "
                "1D 00 30 00 00 00 00 43 38 00 00 45 CC EC E1 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 43 7F 8F 5C 42 15 7A E1 07 "
                "E5 00 0A 00 0A 00 11 00 36 00 31 1F 17",
            ),
        ),
        [
            ("scxbh", 1.0, "1", "N", ()),
            ("jhgydzmcdl", 0.0, "A", "N", ()),
            ("jhgydtjcdl", 184.0, "A", "N", ()),
            ("jhgydmqsyl", 6557.61, "1", "N", ()),
            ("ccssbdccqqhyc", 0.0, "Pa", "N", ()),
            ("ccssdccqrcdl", 0.0, "A", "N", ()),
            ("ccssdccqrcdy", 0.0, "V", "N", ()),
            ("tlssxsjphz", 0.0, "1", "N", ()),
            ("tlssgjll", 0.0, "m3/h", "N", ()),
            ("tlssglll", 0.0, "kg", "N", ()),
            ("tlssjyxhbyxzt", 0.0, "1", "N", ()),
            ("tlsssfyhfjdl", 0.0, "A", "N", ()),
            ("txssyqsd", 255.56, "degC", "N", ()),
            ("txsstxhyjyl", 37.37, "1", "N", ()),
            *_time("jhgydzmsj", 9, 23, 37, 24),
            *_time("jhgydtjsj", 9, 23, 29, 48),
            *_time("gxsj", 10, 17, 54, 49),
        ],
        {"pressure_unit": "Pa"},
        1,
    ),
)
