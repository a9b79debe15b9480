"""Dialogues of the BaoYing cabinet: order, units, Z and flag as the public driver reads them."""

from drivers.wire.baoying import QUANTITIES
from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

SOURCE = "layout of rtuacq_protocol_voc_SHBaoYing.c; numbers of ours"
NUMBERS = (1.5, 4.25, 2.75, 0.1, 0.2, 0.3, -18.0, 11.5, 61.2, 20150.0, -0.12, 7.9, 16200.0)


def heard(flag, due, *conditions):
    words = [str(number) for number in NUMBERS]
    record = f"'#1,{','.join(words[:9])},Z,{','.join(words[9:])},{flag},0*"
    said = [
        (name, value, unit, due, conditions) for (name, unit), value in zip(QUANTITIES, NUMBERS, strict=True)
    ]
    return Dialogue("baoying-voc", SOURCE, (("'", record),), said)


DIALOGUES = (
    heard("N", "N"),
    heard("C", "C", "calibrating"),
    heard("z", "D", "flag z of the instrument"),
)
