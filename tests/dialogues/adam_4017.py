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
)
