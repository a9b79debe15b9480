"""Dialogues of dust monitors. Questions are those of public drivers, byte for byte; answers have the
layout that these drivers read, with numbers of ours."""

from drivers.outcome import ACCEPTED, SEEN, UNKNOWN
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

TEOM = "question of Datalogger2 AkProtocol.scala, layout of public TEOM 1400a drivers; numbers of ours"
TEOM_SETTINGS = {"channel": "pm25", "unit": "ug/m3"}
MASS, LOAD = "'<STX>0AREG K0 245<ETX>", "'<STX>0AREG K0 242<ETX>"
DRX, DUSTTRAX = {"model": "8533"}, "layout of public driver, class DustTrax; numbers of ours"
STATUS, MESSAGES, VALUES = "'MSTATUS<CR>", "'RMMESSAGES<CR>", "'RMMEAS<CR>"
RUNNING, QUIET = "'<CR><LF>Running<CR><LF>", "'<CR><LF>0,0,0,0,0,0,0,0,0,0,1,0,87,0,12,0,0,<CR><LF>"
FIVE = "'<CR><LF>12,0.031,0.032,0.033,0.040,0.041,<CR><LF>"
F701 = "question and status bits of Datalogger2 VerewaF701Collector.scala; numbers of ours"
F701_SETTINGS = {"items": 2, "channel": "tsp", "unit": "ug/m3"}
DUST_66 = "question of driver rtuacq_protocol_tsp_AnRongXin_LSS2004_LSS2014.c, its layout; numbers of ours"


def teom(said, *answers):
    return Dialogue(
        "thermo-teom-1405", TEOM, tuple(zip((MASS, LOAD), answers, strict=True)), said, TEOM_SETTINGS
    )


def drx(said, *talk, operation="measure"):
    return Dialogue("tsi-dusttrak-drx-8533", DUSTTRAX, talk, said, DRX, operation=operation)


def both(name, settings):
    """The operations, which are the same for both families."""
    state = {"tsi-dusttrak-8530": "0,0,1,0,0,0,1,0,87,0,12,0,0,"}.get(
        name, "0,0,1,0,0,0,0,0,0,0,1,0,87,0,12,0,0,"
    )
    rows = (
        (
            "identify",
            (
                ("'RDMN<CR>", "'<CR><LF>8533<CR><LF>"),
                ("'RDSN<CR>", "'<CR><LF>85330042<CR><LF>"),
                ("'RDBS<CR>", "'<CR><LF>3.14<CR><LF>"),
            ),
            ("8533", "serial number 85330042", "firmware 3.14"),
        ),
        ("status", ((STATUS, RUNNING), (MESSAGES, f"'<CR><LF>{state}<CR><LF>")), ("Running", "flow")),
        ("start", (("'MSTART<CR>", "'<CR><LF>OK<CR><LF>"), (STATUS, RUNNING)), (ACCEPTED, ("Running",))),
        ("start", (("'MSTART<CR>", SILENCE), (STATUS, RUNNING)), (SEEN, ("Running",))),
        (
            "stop",
            (("'MSTOP<CR>", "'<CR><LF>OK<CR><LF>"), (STATUS, "'<CR><LF>Idle<CR><LF>")),
            (ACCEPTED, ("Idle",)),
        ),
        ("stop", (("'MSTOP<CR>", SILENCE), (STATUS, RUNNING)), (UNKNOWN, ("Running",))),
        (
            "zero",
            (("'MZERO<CR>", "'<CR><LF>OK<CR><LF>"), ("'RMZEROING<CR>", "'<CR><LF>Zeroing<CR><LF>")),
            (ACCEPTED, ("Zeroing",)),
        ),
    )
    return tuple(
        Dialogue(name, DUSTTRAX, talk, said, settings, operation=operation) for operation, talk, said in rows
    )


def f701(operation, status, said):
    answer = f"'<STX>MD02 000 +4250+01 {status} 7010000042 001 +1000+00 00 01 7010000042<CR>"
    return Dialogue(
        "durag-f701-20", F701, (("'<STX>DA<CR>", answer),), said, F701_SETTINGS, operation=operation
    )


def lss(name, crc):
    answer = "01 66 1E 9B 00 00 00 00 00 41 48 00 00" + " 00" * 17 + " 08 00 00 00 " + crc
    return Dialogue(
        name,
        DUST_66,
        (("01 66 04 9B 00 00 00 00 E3 99", answer),),
        [("tsp", 12.5, "mg/m3", "C", ("calibrating",))],
        address=1,
    )


DIALOGUES = (
    teom(
        [("pm25", 35.21, "ug/m3", "N", ()), ("filter_load", 23.4, "%", "N", ())],
        "'<STX>0AREG 0 245 35.21<ETX><CR><LF>",
        "'<STX>0AREG 0 242 23.4<ETX><CR><LF>",
    ),
    teom(
        [
            ("pm25", 35.21, "ug/m3", "D", ("error status 1",)),
            ("filter_load", 99.0, "%", "D", ("error status 1",)),
        ],
        "'<STX>0AREG 1 245 35.21<ETX><CR><LF>",
        "'<STX>0AREG 1 242 99.0<ETX><CR><LF>",
    ),
    Dialogue(
        "thermo-teom-1405-df",
        TEOM,
        tuple(
            (f"'<STX>0AREG K0 {register}<ETX>", f"'<STX>0AREG 0 {register} {value}<ETX><CR><LF>")
            for register, value in ((245, 12.5), (329, 8.25), (354, 20.75), (242, 10.0), (326, 11.0))
        ),
        [
            ("pm25", 12.5, "ug/m3", "N", ()),
            ("pm_coarse", 8.25, "ug/m3", "N", ()),
            ("pm10", 20.75, "ug/m3", "N", ()),
            ("filter_load_a", 10.0, "%", "N", ()),
            ("filter_load_b", 11.0, "%", "N", ()),
        ],
        {"unit": "ug/m3"},
    ),
    *(
        Dialogue(
            name,
            TEOM,
            tuple(
                (f"'<STX>0AREG K0 {register}<ETX>", f"'<STX>0AREG 0 {register} {value}<ETX><CR><LF>")
                for register, value in (
                    (47, 50.0),
                    (58, 50.1),
                    (96, 0.35),
                    (225, 3.0),
                    (257, 250.5),
                    (258, 0.1),
                )
            ),
            (
                "case temperature 50.0",
                "cap temperature 50.1",
                "vacuum 0.35",
                "flow A 3.0",
                "frequency A 250.5",
                "noise A 0.1",
            ),
            {"unit": "ug/m3"} if "df" in name else TEOM_SETTINGS,
            operation="status",
        )
        for name in ("thermo-teom-1405", "thermo-teom-1405-df")
    ),
    drx(
        [
            (name, value, "mg/m3", "N", ())
            for name, value in (
                ("pm1", 0.031),
                ("pm25", 0.032),
                ("pm4", 0.033),
                ("pm10", 0.04),
                ("tsp", 0.041),
            )
        ],
        (STATUS, RUNNING),
        (MESSAGES, QUIET),
        (VALUES, FIVE),
    ),
    Dialogue(
        "tsi-dusttrak-8530",
        DUSTTRAX,
        (
            (STATUS, RUNNING),
            (MESSAGES, "'<CR><LF>0,0,1,0,0,0,1,0,87,0,12,0,0,<CR><LF>"),
            (VALUES, "'<CR><LF>12,0.031,<CR><LF>"),
        ),
        [("tsp", 0.031, "mg/m3", "D", ("flow",))],
        {"model": "8530", "channel": "tsp"},
    ),
    *both("tsi-dusttrak-8530", {"model": "8530", "channel": "tsp"}),
    *both("tsi-dusttrak-drx-8533", DRX),
    f701("measure", "80 00", [("tsp", 42.5, "ug/m3", "N", ())]),
    f701("measure", "84 40", [("tsp", 42.5, "ug/m3", "C", ("zero point measurement", "filter crack"))]),
    f701("identify", "80 00", ("serial number 7010000042",)),
    f701("status", "08 20", ("reference check", "change battery", "volume sensor defective")),
    lss("anrongxin-lss2014", "02 B8"),
    lss("sdl-model-2030", "02 B8"),
    *(
        Dialogue(
            name,
            DUST_66,
            (
                (
                    "01 66 00 9C E1 AE",
                    "01 66 39 9C 00 00 00 00 3F 80 00 00 00 00 00 00 00 64 42 70 00 00"
                    + " 00" * 39
                    + " 74 36",
                ),
            ),
            ("range 100 mg/m3", "averaging 60.0 s"),
            address=1,
            operation="status",
        )
        for name in ("anrongxin-lss2014", "sdl-model-2030")
    ),
)
