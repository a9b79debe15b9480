"""Dialogues of 4017 modules."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

VALUES = (7.2111, 7.2567, 7.3125, 7.1, 7.4712, 7.2555, 7.1234, 7.5678)

DIALOGUES = (
    Dialogue(
        "adam-4017",
        "Advantech ADAM-4000 manual p. 5-13",
        (("'#21<CR>", "'>+7.2111+7.2567+7.3125+7.1000+7.4712+7.2555+7.1234+7.5678<CR>"),),
        [(f"ai{at}", value, "V", "N", ()) for at, value in enumerate(VALUES)],
        {"unit": "V", "checksum": "off"},
        0x21,
    ),
    Dialogue(
        "adam-4017",
        "Yimning/Daily-Code: rtuacq_protocol_cems_GermanySick_pack1.c, ai_7017rc.c",
        (("23 30 31 0D", "'>+08.074+05.794+07.228+07.748+05.763+06.812+11.576+14.668<CR>"),),
        [
            (f"ai{at}", value, "mA", "N", ())
            for at, value in enumerate((8.074, 5.794, 7.228, 7.748, 5.763, 6.812, 11.576, 14.668))
        ],
        {"unit": "mA", "checksum": "off"},
        1,
    ),
)
