"""Dialogues of Lufft weather stations and of Aeroqual's SM70."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

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
)
