"""Dialogues of the Met One BAM 1020: the question of its manual, numbers as its printer writes them."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

SOURCE = "BAM 1020 manual p. 90 (ESC Q CR), p. 94 (how numbers are printed); the record is put together by us"
TALK = (("1B 51 0D", "'<LF>03/28/07 03:00:00, +00.027,+0.834<CR>"),)
SETTINGS = {"fields": 3, "channel": "pm10"}

DIALOGUES = (
    Dialogue(
        "metone-bam-1020",
        SOURCE,
        TALK,
        [("pm10", 0.027, "mg/m3", "N", ()), ("volume", 0.834, "m3", "N", ())],
        SETTINGS,
    ),
    Dialogue(
        "metone-bam-1020", SOURCE, TALK, ("last record 03/28/07 03:00:00",), SETTINGS, operation="status"
    ),
)
