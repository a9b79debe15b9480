"""Dialogues of the HORIBA APHA-370. Questions are those of the public driver, byte for byte; answers have
the places that it reads, with numbers, and checks by its rule, of ours."""

from functools import reduce
from operator import xor

from drivers.outcome import ACCEPTED, UNKNOWN
from tests.dialogue import SILENCE, Dialogue

__all__ = ["DIALOGUES"]

SOURCE = "questions of Datalogger2 HoribaCollector.scala and Horiba370Collector.scala; answers of ours"
FLAME = "01 30 32 30 32 30 30 52 30 31 30 02 36 30 03"
VALUES = "01 30 32 30 32 30 30 52 30 30 31 02 36 30 03"
PRESSURES = "01 30 32 30 32 30 30 52 30 33 37 02 36 35 03"
LINES = {
    "measure_gas": "01 30 32 30 32 30 30 41 30 32 34 02 30 34 34 03",
    "zero_gas": "01 30 32 30 32 30 30 41 30 32 34 02 31 34 35 03",
    "span_gas": "01 30 32 30 32 30 30 41 30 32 34 02 32 34 36 03",
}
SETTINGS = {"unit": "ppm"}


def said(command, text):
    body = b"\x01020200" + command.encode() + b"\x02" + text.encode()
    return (body + b"%02x" % reduce(xor, body) + b"\x03").hex()


def measured(flame, flag, *conditions):
    values = said("R001", "00,3,00000 1.92,01000 0.35,02000 2.27,0,0,0")
    return Dialogue(
        "horiba-apha-370",
        SOURCE,
        ((FLAME, said("R010", f"00,{flame}")), (VALUES, values)),
        [
            (name, value, "ppm", flag, conditions)
            for name, value in (("ch4", 1.92), ("nmhc", 0.35), ("thc", 2.27))
        ],
        SETTINGS,
        2,
    )


def selected(operation, answer, result):
    talk = ((LINES[operation], answer), (FLAME, said("R010", "00,2")))
    return Dialogue(
        "horiba-apha-370", SOURCE, talk, (result, ("flame burning",)), SETTINGS, 2, operation=operation
    )


AP370 = "questions of Datalogger2 HoribaCollector.scala, by its rule for this id; answers of ours"
AP = {"unit": "ppm", "parameters": 8}
PRESSURES_SAID = "00," + ",".join(f"{at},0,{100 - at}.0" for at in range(10))
MODELS = (
    ("apna", 1, ("no", "no2", "nox")),
    ("apma", 3, ("co",)),
    ("apsa", 4, ("so2",)),
    ("apoa", 5, ("o3",)),
)


def framed(identity, command, text=""):
    """A question or an answer with this id, and its FCS."""
    body = f"\x010{identity}0{identity}00{command}\x02{text}".encode()
    return (body + b"%02x" % reduce(xor, body) + b"\x03").hex()


def of_model(model, identity, gases):
    """Values, pressures and the three gases at the inlet of one of the other analysers."""
    words = [f"{at:02d}000 0.{at + 1}5" for at in range(len(gases))]
    text = ",".join(["00", "3", *words, *["0"] * (6 - len(words))])
    values = [(gas, float(f"0.{at + 1}5"), "ppm", "N", ()) for at, gas in enumerate(gases)]
    asked = (
        ("measure", "R001", "", text, values),
        ("status", "R037", "", PRESSURES_SAID, tuple(f"pressure {at}.0 kPa" for at in (100, 99, 98))),
        ("measure_gas", "A024", "0", "00", (ACCEPTED, ())),
        ("zero_gas", "A024", "1", "00", (ACCEPTED, ())),
        ("span_gas", "A024", "2", "00", (ACCEPTED, ())),
        ("zero_gas", "A024", "1", SILENCE, (UNKNOWN, ())),
    )
    for operation, command, sent, answer, result in asked:
        answered = SILENCE if answer is SILENCE else framed(identity, command, answer)
        talk = ((framed(identity, command, sent), answered),)
        yield Dialogue(f"horiba-{model}-370", AP370, talk, result, AP, identity, operation)


DIALOGUES = (
    *(dialogue for model in MODELS for dialogue in of_model(*model)),
    measured(2, "N"),
    measured(1, "F", "flame igniting"),
    measured(0, "D", "flame extinguished"),
    *(selected(operation, said("A024", "00"), ACCEPTED) for operation in LINES),
    selected("zero_gas", SILENCE, UNKNOWN),
    Dialogue(
        "horiba-apha-370",
        SOURCE,
        (
            (FLAME, said("R010", "00,2")),
            (PRESSURES, said("R037", "00," + ",".join(f"{at},0,{90 + at}.5" for at in range(10)))),
        ),
        ("flame burning", "pressure 90.5 kPa", "pressure 91.5 kPa", "pressure 92.5 kPa"),
        SETTINGS,
        2,
        "status",
    ),
)
