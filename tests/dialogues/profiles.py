"""Dialogues of instruments that are register maps."""

from drivers.outcome import SEEN, Outcome
from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

DIALOGUES = (
    Dialogue(
        "honeywell-raeguard3",
        "Honeywell RAEGuard 3 manual p. 81",
        (("01 03 00 08 00 02 45 C9", "01 03 04 00 00 00 D1 3A 6F"),),
        [("voc", 20.9, "ppm", "N", ())],
        {"divisor": 10},
        1,
    ),
    Dialogue(
        "xunchip-xm8335",
        "the vendor's pages of XM8335 (sbu.cn) and XM8589 (xunchip.com): 0x0079 = 121, there over 100",
        (("01 03 00 00 00 01 84 0A", "01 03 02 00 79 79 A6"),),
        [("co", 1.21, "ppm", "N", ())],
        {"type": "uint16", "divisor": 100},
        1,
    ),
    Dialogue(
        "lanbao-nmhc",
        "question and answer of driver rtuacq_protocol_voc_SHLanBao.c; its comment has FF FF for the CRC",
        (
            (
                "C9 03 00 00 00 1C 54 4B",
                "C9 03 38 CC CC 42 AA 33 33 C1 93 14 7A 41 CE EB 85 41 85 00 00 00 00 00 00 00 00 "
                "4B C6 3E F7 00 00 00 00 B8 51 3F 9E A3 D7 40 A0 51 EB "
                "3F 38 E1 47 3F 3A A3 D7 3F 70 D8 93 42 87 FC A0",
            ),
        ),
        [
            ("temperature", 85.399994, "degC", "N", ()),
            ("pressure", -18.4, "Pa", "N", ()),
            ("velocity", 25.759998, "m/s", "N", ()),
            ("humidity", 16.74, "%", "N", ()),
            ("nmhc", 0.48299998, "mg/m3", "N", ()),
            ("benzene", 1.2399999, "mg/m3", "N", ()),
            ("toluene", 5.02, "mg/m3", "N", ()),
            ("xylene", 0.71999997, "mg/m3", "N", ()),
            ("thc", 0.72999996, "mg/m3", "N", ()),
            ("ch4", 0.94, "mg/m3", "N", ()),
            ("pm", 67.923, "mg/m3", "N", ()),
        ],
        {"unit": "mg/m3"},
        201,
    ),
    Dialogue(
        "msa-ultima-mos5",
        "frames of ours after the Ultima MOS-5 manual p. 41-49: calibration is answered by exception 5",
        (("01 06 00 01 00 08 D9 CC", "01 86 05 02 63"), ("01 03 00 01 00 01 D5 CA", "01 03 02 00 08 B9 82")),
        Outcome(SEEN, ("calibration mode",)),
        {},
        1,
        "command",
        ("calibrate",),
    ),
    Dialogue(
        "evikon-e2638-pid",
        "frames of ours at the registers of the PluraSens E2638 manual; the last one refused",
        (
            ("01 03 00 01 00 01 D5 CA", "01 03 02 00 03 F8 45"),
            ("01 03 00 02 00 01 25 CA", "01 03 02 00 CF F8 10"),
            ("01 03 00 03 00 01 74 0A", "01 83 02 C0 F1"),
        ),
        (
            "hardware version: 3",
            "software version: 207",
            "serial number: refused with 0x02 (illegal data address)",
        ),
        {"unit": "ppm"},
        1,
        "identify",
    ),
    Dialogue(
        "vaisala-aqt530",
        "frames of ours at the objects of Vaisala M212572EN-E",
        (
            ("01 2B 0E 04 00 73 27", "01 2B 0E 04 83 00 00 01 00 07 56 61 69 73 61 6C 61 DB 21"),
            ("01 2B 0E 04 01 B2 E7", "01 2B 0E 04 83 00 00 01 01 06 41 51 54 35 33 30 5F 14"),
            ("01 2B 0E 04 02 F2 E6", "01 2B 0E 04 83 00 00 01 02 03 31 2E 32 D0 EA"),
            ("01 2B 0E 04 80 72 87", "01 2B 0E 04 83 00 00 01 80 08 50 31 32 33 34 35 36 37 45 B1"),
        ),
        ("vendor: Vaisala", "model: AQT530", "version: 1.2", "serial number: P1234567"),
        {"temperature_unit": "degC"},
        1,
        "identify",
    ),
)
