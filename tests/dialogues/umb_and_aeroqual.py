"""Dialogues of Lufft and Gill weather stations and of Aeroqual's SM70."""

from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

AQM = "questions of the IQM 60 user guide p. 30-33, its layout of the answers; numbers of ours"
O3 = {"values": ["o3 48 ppm"]}
READING = ("55 01 30 7A", "AA 01 30 CD CC CC 3D 00 00 1E 08 19 0B 7E BB")


def station(operation, question, answer, read, said, *args):
    talk = ((question, answer),) if read is None else ((question, answer), ("55 01 30 7A", read))
    return Dialogue("aeroqual-aqm", AQM, talk, said, O3, 1, operation, args)


SM70 = "question of support.aeroqual.com, Wiki/RS485_protocol; answer of ours"

DIALOGUES = (
    *(
        Dialogue(
            "lufft-ws-umb",
            source,
            ((question, answer),),
            [("temperature", 22.5, "degC", "N", ())],
            {"class": number, "values": ["temperature 100 degC"]},
            1,
        )
        for source, number, question, answer in (
            (
                "Lufft WS500-UMB manual p. 51-52",
                7,
                "01 10 01 70 01 F0 04 02 23 10 64 00 03 61 D9 04",
                "01 10 01 F0 01 70 0A 02 23 10 00 64 00 16 00 00 B4 41 03 C6 22 04",
            ),
            (
                "Lufft Ventus-UMB manual p. 41",
                8,
                "01 10 01 80 01 F0 04 02 23 10 64 00 03 0B 54 04",
                "01 10 01 F0 01 80 0A 02 23 10 00 64 00 16 00 00 B4 41 03 1F 94 04",
            ),
        )
    ),
    Dialogue(
        "aeroqual-sm70",
        SM70,
        (("55 1A 00 91", "AA 10 00 00 80 3F 00 00 00 00 00 00 03 00 84"),),
        [("o3", 1.0, "ppm", "N", ("sensor ageing",))],
        {"gas": "o3"},
    ),
    Dialogue(
        "gill-maximet",
        "Gill MaxiMet manual 1957-PS-021 p. 42-44 (GMX300); the choice of fields is ours",
        (
            (
                "'",
                "'<STX>Q,0999.5,0999.5,0999.5,040,+023.3,+009.1,08.45,,1.2,+015.1,07:58,12:08,16:19,162:+15,16:57,"
                "17:39,18:19,+00,+01,+1,,2018-01-16T10:55:38.5,+05.1,0000,<ETX>1F<CR><LF>",
            ),
        ),
        [
            ("pressure", 999.5, "hPa", "N", ()),
            ("humidity", 40.0, "%", "N", ()),
            ("temperature", 23.3, "degC", "N", ()),
            ("solar", None, "W/m2", "D", ("not available",)),
        ],
        {
            "unit": "Q",
            "fields": 24,
            "values": ["pressure 1 hPa", "humidity 4 %", "temperature 5 degC", "solar 8 W/m2"],
            "status": 24,
        },
    ),
    Dialogue("aeroqual-aqm", AQM, (READING,), [("o3", 0.10000000149011612, "ppm", "N", ())], O3, 1),
    station(
        "identify",
        "55 01 FB AF",
        "AA 01 FB 31 49 51 4D 36 30 00 1E 08 19 0B 7E 14",
        None,
        ("IQM60", "version 4.9"),
    ),
    station(
        "status",
        "55 01 30 7A",
        "AA 01 30 CD CC CC 3D 14 00 1E 08 19 0B 7E A7",
        None,
        ("D pump failed", "C zero air on"),
    ),
    station("zero", "55 01 12 98", "AA 01 12 43", READING[1], ("accepted", ())),
    station("zero", "55 01 12 98", SILENCE, READING[1], ("unknown", ())),
    station(
        "zero_gas",
        "55 01 14 96",
        "AA 01 14 41",
        "AA 01 30 00 00 00 00 10 00 1E 08 19 0B 7E 4D",
        ("accepted", ("zero air on",)),
    ),
    station(
        "zero_gas",
        "55 01 14 96",
        SILENCE,
        "AA 01 30 00 00 00 00 10 00 1E 08 19 0B 7E 4D",
        ("seen", ("zero air on",)),
    ),
    station(
        "measure_gas",
        "55 01 15 95",
        SILENCE,
        "AA 01 30 00 00 00 00 10 00 1E 08 19 0B 7E 4D",
        ("unknown", ("zero air on",)),
    ),
    station(
        "span",
        "55 01 13 97 55 01 13 30 CD CC CC 3D C5",
        "AA 01 13 42",
        READING[1],
        ("accepted", ()),
        "o3",
        0.1,
    ),
)
