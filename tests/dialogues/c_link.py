"""Dialogues of Thermo analysers over C-Link."""

from drivers.exchange import Refused
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

P42I = "Thermo 42i manual p. B-30 (gas mode); concentrations of ours, in the form of the 410i manual p. B-11"
P43I = "gas mode of the 43i manual p. B-29; `so2` of class TEInst, its answer ours"
P48I = (
    "Thermo 48i manual p. B-28, B-13 (flags) and 48C p. B-4 as printed; `co` of class TEInst, its answer ours"
)
FORGE = "HagenTelg/forge, thermo49: commands and answers of its simulator; gas mode of the 48i manual"
SERVICE = "refusal of the 5030i manual, table B-1; commands of the 48i manual p. B-28"
PPM, PPB = {"unit": "ppm", "format": "00"}, {"unit": "ppb", "format": "00"}
SAMPLE = ("'gas mode<CR>", "'gas mode sample<CR>")
ZERO = ("'gas mode<CR>", "'gas mode zero<CR>")
REMOTE = ("'set mode remote<CR>", "'set mode remote ok<CR>")
NO, SO2, CO, O3 = "thermo-42i-c-link", "thermo-43i-c-link", "thermo-48i-c-link", "thermo-49i-c-link"


def says(driver, source, operation, talk, said, settings=PPB):  # noqa: PLR0917 - as a Dialogue is written
    return Dialogue(driver, source, talk, said, settings, 0, operation)


def switches(driver, source):
    """Zero gas, span gas and sample, with an answer and without one."""
    for operation, word in (("zero_gas", "zero"), ("span_gas", "span"), ("measure_gas", "sample")):
        asked = (
            REMOTE,
            (f"'set {word}<CR>", f"'set {word} ok<CR>"),
            ("'gas mode<CR>", f"'gas mode {word}<CR>"),
        )
        yield says(driver, source, operation, asked, ("accepted", (f"gas mode {word}",)))


def identifies(driver, command, text, said):
    return says(driver, "42i manual p. B-38", "identify", ((f"'{command}<CR>", f"'{text}<CR>"),), (said,))


DATE = "Thermo 42i manual p. B-33 (set date, date as printed); set time as HagenTelg/forge sends it"
MOMENT = (2005, 3, 19, 8, 7, 3)


def clock_set(driver, date, time, result):
    """To 2005-03-19 08:07:03; what the instrument answers to that, and says then."""
    talk = (
        REMOTE,
        ("'set date 03-19-05<CR>", "'set date 03-19-05 ok<CR>"),
        ("'set time 08:07:03<CR>", time),
        ("'date<CR>", f"'date {date}<CR>"),
        ("'time<CR>", "'time 08:07:09<CR>"),
    )
    return Dialogue(driver, DATE, talk, (result, (date, "08:07:09")), PPB, 0, "set_time", (MOMENT,))


DIALOGUES = (
    *(clock_set(each, "03-19-05", "'set time 08:07:03 ok<CR>", "accepted") for each in (NO, SO2, CO, O3)),
    clock_set(NO, "03-19-05", SILENCE, "seen"),
    clock_set(NO, "12-01-04", SILENCE, "unknown"),
    says(
        NO,
        P42I,
        "measure",
        (SAMPLE, ("'no<CR>", "'no 6.720E+1 ppb<CR>"), ("'nox<CR>", "'nox 8.350E+1 ppb<CR>")),
        [("no", 67.2, "ppb", "N", ()), ("nox", 83.5, "ppb", "N", ())],
    ),
    says(
        NO,
        P42I,
        "measure",
        (
            ("'gas mode<CR>", "'gas mode span<CR>"),
            ("'no<CR>", "'no 1.5E-1 ppm<CR>"),
            ("'nox<CR>", "'nox 83.5 ppb<CR>"),
        ),
        [
            ("no", None, "ppb", "C", ("span gas", "the instrument says ppm")),
            ("nox", 83.5, "ppb", "C", ("span gas",)),
        ],
    ),
    says(
        SO2, P43I, "measure", (SAMPLE, ("'so2<CR>", "'so2 1.240E+1 ppb<CR>")), [("so2", 12.4, "ppb", "N", ())]
    ),
    says(
        CO,
        P48I,
        "measure",
        (ZERO, ("'co<CR>", "'co 4.000E-2 ppm<CR>")),
        [("co", 0.04, "ppm", "C", ("zero gas",))],
        PPM,
    ),
    says(
        CO,
        P48I,
        "status",
        (SAMPLE, ("'flags<CR>", "'flags 80068000<CR>")),
        ("gas mode sample", "flags 80068000"),
        PPM,
    ),
    says(
        CO,
        P48I,
        "zero",
        (REMOTE, ("'set cal co bkg<CR>", "'set cal co bkg ok<CR>"), ZERO),
        ("accepted", ("gas mode zero",)),
        PPM,
    ),
    says(
        CO,
        SERVICE,
        "span_gas",
        (REMOTE, ("'set span<CR>", "'set span can't, mode is service<CR>")),
        Refused("can't, mode is service", "not allowed while the instrument is in service mode"),
        PPM,
    ),
    says(
        CO, SERVICE, "zero_gas", (REMOTE, ("'set zero<CR>", SILENCE), ZERO), ("seen", ("gas mode zero",)), PPM
    ),
    says(
        CO,
        SERVICE,
        "zero_gas",
        (REMOTE, ("'set zero<CR>", SILENCE), SAMPLE),
        ("unknown", ("gas mode sample",)),
        PPM,
    ),
    says(
        O3,
        FORGE,
        "measure",
        (SAMPLE, ("'flags<CR>", "'flags 0c100000<CR>"), ("'o3<CR>", "'o3 1.230000e+02 ppb<CR>")),
        [("o3", 123.0, "ppb", "N", ())],
    ),
    Dialogue(
        O3,
        FORGE + "; the ID and the sums are ours",
        (
            ("B1 67 61 73 20 6D 6F 64 65 0D", "'gas mode sample<LF>sum 05a2<CR>"),
            ("B1 66 6C 61 67 73 0D", "'flags A0001000<LF>sum 03bf<CR>"),
            ("B1 6F 33 0D", "'o3 1.230000e+02 ppb<LF>sum 049a<CR>"),
        ),
        [("o3", 123.0, "ppb", "M", ("intensity A low", "service mode", "concentration alarm high"))],
        {"unit": "ppb", "format": "01"},
        49,
    ),
    says(
        O3,
        FORGE,
        "status",
        (SAMPLE, ("'flags<CR>", "'flags 0C100100<CR>")),
        ("gas mode sample", "D flow A low"),
    ),
    says(
        O3,
        "Thermo 49i Primary Standard manual p. B-25, the misprint 03 corrected to o3",
        "zero",
        (REMOTE, ("'set cal o3 bkg<CR>", "'set cal o3 bkg ok<CR>"), ZERO),
        ("accepted", ("gas mode zero",)),
    ),
    says(
        O3,
        "Thermo 49i Primary Standard manual p. B-25, as above",
        "span",
        (REMOTE, ("'set cal o3 coef<CR>", "'set cal o3 coef can't, wrong settings<CR>")),
        Refused("can't, wrong settings", "not allowed in the present measurement mode"),
    ),
    says(
        O3,
        FORGE,
        "identify",
        (("'program no<CR>", "'program no iSeries 49i 01.00.01.074<CR>"),),
        ("iSeries 49i 01.00.01.074",),
    ),
    identifies(NO, "instr name", "instr name<LF>NO-NO2-NOx Analyzer", "NO-NO2-NOx Analyzer"),
    identifies(SO2, "instr name", "instr name<LF>SO2 Analyzer", "SO2 Analyzer"),
    identifies(CO, "instr name", "instr name<LF>CO Analyzer", "CO Analyzer"),
    says(
        NO,
        P42I,
        "status",
        (SAMPLE, ("'flags<CR>", "'flags DD008000<CR>")),
        ("gas mode sample", "flags DD008000"),
    ),
    says(
        SO2,
        P43I,
        "status",
        (SAMPLE, ("'flags<CR>", "'flags 00000000<CR>")),
        ("gas mode sample", "flags 00000000"),
    ),
    *switches(NO, "Thermo 42i manual p. B-30, as printed"),
    *switches(SO2, "as the 42i"),
    *switches(CO, "Thermo 48i manual p. B-28, as printed"),
    *switches(O3, "as the 42i"),
)
