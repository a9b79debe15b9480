"""NMEA 0183 sentences of weather instruments: $ text * check CR LF.

The check is the XOR of the characters between $ and *, as two hex digits: it sees any single wrong
one of them, and not the same bits turned in two, nor two exchanged. A sentence names its talker and
its kind, and not the question. Source: Vaisala WXT530 user guide M211840EN, NMEA chapter; WMT700
user guide M211095EN, WS425 NMEA profiles; Gill WindSonic manual 1405-PS-0019, 11.5.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.checks import xor
from drivers.wire.text import TextRequest, plain, printable

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    from drivers.exchange import Buffer

    class Wind(NamedTuple):
        """direction in degrees and speed: None where the sentence leaves them out. reference: R is
        the instrument's north, T true north. unit: M m/s, K km/h, N knots."""

        direction: float | None
        reference: str
        speed: float | None
        unit: str
        valid: bool

    class Transducer(NamedTuple):
        """kind: A angle, C temperature, H humidity, P pressure, S speed and so on. value: None where
        it is left out or no number (text says what stands there). unit: as the instrument says it."""

        kind: str
        value: float | None
        unit: str
        id: str
        text: str

else:
    Wind = namedtuple("Wind", ("direction", "reference", "speed", "unit", "valid"))
    Transducer = namedtuple("Transducer", ("kind", "value", "unit", "id", "text"))

__all__ = [
    "Transducer",
    "Transducers",
    "Wind",
    "WindSentence",
    "ask_transducers",
    "ask_wind",
    "ask_wmt700",
    "sentence",
]

TEXT = "TXT"  # a sentence by which a Vaisala WXT says what is wrong with the question


def sentence(text: str) -> bytes:
    """The sentence that carries `text`."""
    content = text.encode()
    return b"$" + content + b"*%02X\r\n" % xor(content)


class Sentence(TextRequest):
    """A sentence that begins with `begin`, such as WIMWV: listened for, or asked for by `question`.

    timeout_ms: to listen, give three of the instrument's intervals.
    """

    address = 0
    mark = b"\r\n"
    longest = 256  # NMEA allows 82; a WXT536 sends 96
    listening = True
    repeatable = False

    def __init__(self, begin: str, question: str = "", timeout_ms: "float | None" = None) -> None:
        self.begin = b"$" + begin.encode()
        self.question = sentence(question) if question else b""
        self.listening = not question
        self.repeatable = bool(question)
        self.timeout_ms = timeout_ms
        self.shape = ("NMEA", begin)
        self.expected = 60
        # `$WITXT,`: the same talker's complaint, only where it was asked something.
        self.complaint = self.begin[:3] + TEXT.encode() if question else self.begin

    def encode(self) -> bytes:
        return self.question

    def check_head(self, buf: "Buffer") -> None:
        came = bytes(buf[: len(self.begin)])
        if not self.begin.startswith(came) and not self.complaint.startswith(came[: len(self.complaint)]):
            raise WireError("sentence", self.begin.decode(), printable(came))

    def value(self, text: str, frame: bytes) -> "Any":
        text, star, check = text[1:-3], text[-3:-2], text[-2:]
        due = "%02X" % xor(text.encode())
        if star != "*" or check.upper() != due:
            raise WireError("checksum", "*" + due, star + check or "nothing")
        words = text.split(",")
        if words[0][2:] == TEXT and words[0] != self.begin[1:].decode():
            if len(words) < 5:
                raise WireError("fields of TXT", "5", "%d" % len(words))
            raise Refused(words[3], ",".join(words[4:]))
        if words[0] != self.begin[1:].decode():
            raise WireError("sentence", self.begin.decode(), "$" + words[0])
        return self.read(words[1:])

    def read(self, fields: "list[str]") -> "Any":
        """What the fields say. Raises WireError."""
        raise NotImplementedError


class WindSentence(Sentence):
    """MWV, wind direction and speed. talker: WI, II; PA..PZ of a WMT700. The value is a Wind."""

    def __init__(self, talker: str = "WI", question: str = "", timeout_ms: "float | None" = None) -> None:
        super().__init__(talker + "MWV", question, timeout_ms)

    def read(self, fields: "list[str]") -> Wind:
        if len(fields) != 5:
            raise WireError("fields of MWV", "5", "%d" % len(fields))
        direction, reference, speed, unit, status = fields
        if status not in ("A", "V"):
            raise WireError("status", "A or V", status or "nothing")
        if reference not in ("R", "T"):
            raise WireError("reference", "R or T", reference or "nothing")
        degrees = plain(direction, "direction") if direction else None
        return Wind(degrees, reference, plain(speed, "speed") if speed else None, unit, status == "A")


class Transducers(Sentence):
    """XDR, any number of quantities. The value is a tuple of Transducer.

    An instrument may spread them over several sentences: listen on until all are there.
    """

    def __init__(self, talker: str = "WI", question: str = "", timeout_ms: "float | None" = None) -> None:
        super().__init__(talker + "XDR", question, timeout_ms)

    def read(self, fields: "list[str]") -> "tuple[Transducer, ...]":
        if not fields or len(fields) % 4:
            raise WireError("fields of XDR", "four for each quantity", "%d" % len(fields))
        found = []
        for at in range(0, len(fields), 4):
            kind, data, unit, name = fields[at : at + 4]
            is_text = kind == "G"  # generic: an identification, for example
            value = plain(data, "quantity %d" % (at // 4 + 1)) if data and not is_text else None
            found.append(Transducer(kind, value, unit, name, data))
        return tuple(found)


def ask_wind(requester: str = "--") -> WindSentence:
    """Ask a Vaisala WXT for MWV; two characters name who asks."""
    return WindSentence("WI", "%sWIQ,MWV" % requester)


def ask_transducers(requester: str = "--") -> Transducers:
    """Ask a Vaisala WXT for XDR; two characters name who asks."""
    return Transducers("WI", "%sWIQ,XDR" % requester)


def ask_wmt700(letter: str) -> WindSentence:
    """Ask the WMT700 of this letter, in its WS425 NMEA Extended profile. Raises ValueError."""
    if len(letter) != 1 or not "A" <= letter <= "Z":
        raise ValueError("WMT700 id %r is not one of A..Z" % letter)
    return WindSentence("P" + letter, "WIP%sQ," % letter)
