"""Dialogues of dust monitors and gas analysers that are register maps, from the comments of site drivers."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

DIALOGUES = (
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
)
