"""Dialogues of instruments that speak lines or columns. A line is heard from the mark of the one before."""

from drivers.exchange import Refused
from drivers.outcome import SEEN, UNKNOWN
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

P4020 = "Teledyne 4020 manual p. 41: the line as printed"
OURS_4020 = "layout of the Teledyne 4020 manual p. 41; numbers of ours"
PRINTED = "'<CR>5.88 ppm R-1 (0- 10.00 ppm) ANLZ AL-1<CR>"
PPM = {"unit": "ppm"}
BASELINE = "commands and places of the values of Datalogger2 Baseline9000Collector.scala; numbers of ours"
BASELINE_SETTINGS = {"fields": 6, "unit": "ppm"}
LINE = "0D 31 09 31 30 3A 31 35 09 31 2E 39 32 09 30 2E 31 30 09 30 2E 33 35 09 32 2E 32 37 0D"
CASELLA = "Casella Microdust Pro manual p. 55: the line and the letters as printed"
DUST = {"channel": "tsp", "unit": "mg/m3"}
NUT = "Network UPS Tools, nutdrv_qx_megatec.c"
U23 = "question of driver rtuacq_protocol_cems_BJXueDiLong_U23.c, its layout; numbers of ours"
U23_SETTINGS = {"host": 1, "components": ["so2", "no", "o2"], "unit": "mg/m3", "crc_begins": "ack"}
ASK_U23 = "10 01 11 D0 6B 02 10 03 63 71"
GC955 = "question and end mark of a public GC955 driver, date and time of a simulator; numbers of ours"
GC_SETTINGS = {"fields": 6, "values": ["benzene 4", "toluene 5"], "unit": "ppb"}


def t4020(line, said, source=OURS_4020):
    return Dialogue("teledyne-4020", source, (("'", line),), [said], PPM)


def baseline(operation, code, heard, result, state, *args):
    return Dialogue(
        "baseline-9000", BASELINE, ((code, SILENCE), ("'", heard)), (result, (state,)), BASELINE_SETTINGS, 0,
        operation, args,
    )  # fmt: skip


def casella(operation, letter, heard, result, state):
    return Dialogue(
        "casella-microdust-pro", CASELLA, ((letter, SILENCE), ("'", heard)), (result, (state,)), DUST,
        operation=operation,
    )  # fmt: skip


DIALOGUES = (
    t4020(PRINTED, ("thc", 5.88, "ppm", "N", ("alarm AL-1",)), P4020),
    t4020("'<CR>5.88 ppm R-1 (0- 10.00 ppm) ANLZ<CR>", ("thc", 5.88, "ppm", "N", ())),
    t4020(
        "'<CR>10.31 ppm R-1 (0- 10.00 ppm) ANLZ AL-1 AL-2<CR>",
        (
            "thc",
            10.31,
            "ppm",
            "T",
            ("alarm AL-1", "alarm AL-2", "beyond the end of range R-1", "over range"),
        ),
    ),
    t4020("'<CR>0.02 ppm R-1 (0- 10.00 ppm) ZERO<CR>", ("thc", 0.02, "ppm", "C", ("zero calibration",))),
    t4020("'<CR>9.02 ppm R-1 (0- 10.00 ppm) SPAN<CR>", ("thc", 9.02, "ppm", "C", ("span calibration",))),
    t4020("'<CR>588 ppb R-1 (0- 1000 ppb) ANLZ<CR>", ("thc", None, "ppm", "D", ("the line is in ppb",))),
    Dialogue(
        "teledyne-4020",
        P4020,
        (("'", PRINTED),),
        ("ANLZ", "range R-1 up to 10.0 ppm", "AL-1"),
        PPM,
        operation="status",
    ),
    Dialogue(
        "teledyne-4020",
        P4020,
        (("'az<CR>", SILENCE), ("'", "'<CR>5.88 ppm R-1 (0- 10.00 ppm) ZERO<CR>")),
        (SEEN, ("ZERO",)),
        PPM,
        operation="zero",
    ),
    Dialogue(
        "teledyne-4020",
        P4020,
        (("'as<CR>", SILENCE), ("'", PRINTED)),
        (UNKNOWN, ("ANLZ",)),
        PPM,
        operation="span",
    ),
    Dialogue(
        "teledyne-4030",
        "Teledyne 4030 FAQ: the line as printed",
        (("'", "00 42 4E 5A 20 31 32 2E 32 33 20 70 70 6D 20 52 32 20 41 4C 31 0D 0A 00"),),
        [("bnz", 12.23, "ppm", "N", ("alarm 1",))],
        {"components": ["BNZ"], "unit": "ppm"},
    ),
    Dialogue(
        "baseline-9000",
        BASELINE,
        (("'", LINE),),
        [("ch4", 1.92, "ppm", "N", ()), ("nmhc", 0.35, "ppm", "N", ()), ("thc", 2.27, "ppm", "N", ())],
        BASELINE_SETTINGS,
    ),
    baseline("start", "11", LINE, SEEN, "lines come"),
    baseline("start", "11", SILENCE, UNKNOWN, "no lines come"),
    baseline("stop", "13", SILENCE, UNKNOWN, "no lines come"),
    baseline("calibrate", "12", SILENCE, UNKNOWN, "no lines come"),
    baseline("measure_gas", "10", LINE, SEEN, "lines come"),
    baseline("zero", "0B", SILENCE, UNKNOWN, "no lines come", "ch4"),
    baseline("zero", "0E", SILENCE, UNKNOWN, "no lines come", "nmhc"),
    baseline("span", "0C", LINE, UNKNOWN, "lines come", "ch4"),
    baseline("span", "0F", LINE, UNKNOWN, "lines come", "nmhc"),
    Dialogue(
        "casella-microdust-pro",
        CASELLA,
        (("'", "'<CR><LF>2.87<CR><LF>"),),
        [("tsp", 2.87, "mg/m3", "N", ())],
        DUST,
    ),
    casella("start", "'X", "'<CR><LF>2.87<CR><LF>", SEEN, "lines come"),
    casella("start", "'X", SILENCE, UNKNOWN, "no lines come"),
    casella("stop", "'Z", SILENCE, SEEN, "no lines come"),
    casella("stop", "'Z", "'<CR><LF>2.87<CR><LF>", UNKNOWN, "lines come"),
    Dialogue(
        "megatec-ups",
        NUT,
        (("'Q1<CR>", "'(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000<CR>"),),
        [
            ("input_voltage", 226.0, "V", "N", ()),
            ("output_voltage", 226.0, "V", "N", ()),
            ("load", 14.0, "%", "N", ()),
            ("input_frequency", 49.0, "Hz", "N", ()),
            ("battery_voltage", 27.5, "V", "N", ()),
            ("temperature", 30.0, "degC", "N", ()),
        ],
    ),
    Dialogue(
        "megatec-ups",
        NUT,
        (("'F<CR>", "'#220.0 000 024.0 50.0<CR>"),),
        ("rated 220.0 V, 0 A, 50.0 Hz", "battery 24.0 V"),
        operation="identify",
    ),
    Dialogue(
        "megatec-ups",
        NUT + "; flags of ours",
        (("'Q1<CR>", "'(226.0 195.0 226.0 014 49.0 27.5 30.0 11001000<CR>"),),
        ("utility fail", "battery low", "standby type"),
        operation="status",
    ),
    Dialogue(
        "siemens-ultramat-23",
        U23,
        (
            (
                ASK_U23,
                "10 06 10 01 D0 11 00 04 6B 02 33 35 2E 30 00 00 00 06 00 31 32 30 2E 35 00 00 00 07 00 37 "
                "2E 33 31 00 00 00 0C 00 10 03 CD E7",
            ),
        ),
        [
            ("so2", 35.0, "mg/m3", "N", ()),
            ("no", 120.5, "mg/m3", "N", ()),
            ("o2", 7.31, "%", "N", ()),
        ],
        U23_SETTINGS,
        1,
    ),
    Dialogue(
        "synspec-gc955",
        GC955,
        (
            (
                "'LL<CR>",
                b"1\t25-11-26\t12:30\t0.42\t1.07\tppb\x0f".hex(),
            ),
        ),
        [("benzene", 0.42, "ppb", "N", ()), ("toluene", 1.07, "ppb", "N", ())],
        GC_SETTINGS,
    ),
    Dialogue(
        "synspec-gc955",
        GC955,
        (("'LL<CR>", "4E 6F 20 64 61 74 61 0F"),),
        Refused("No data", "the instrument has no record yet"),
        GC_SETTINGS,
    ),
    Dialogue(
        "synspec-gc955",
        GC955,
        (("'LL<CR>", b"1\t25-11-26\t12:30\t0.42\t1.07\tppb\x0f".hex()),),
        ("last analysis 25-11-26 12:30",),
        GC_SETTINGS,
        operation="status",
    ),
)
