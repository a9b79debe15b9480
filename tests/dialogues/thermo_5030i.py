"""Dialogues of the Thermo 5030i manual, its check digits computed by its rule."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

DIALOGUES = (
    Dialogue(
        "thermo-5030i",
        "Thermo 5030i manual p. 394-396; the address is ours",
        (("'<STX>DA014<ETX>31", "'<STX>MD01 014 +2578+01 03 04 0140000000 <ETX>37"),),
        [("tsp", 25.78, "ug/m3", "D", ("error status 04",))],
        {"values": ["tsp"], "unit": "ug/m3", "measuring": 3},
        14,
    ),
)
