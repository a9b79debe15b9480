"""AK protocol of exhaust-gas analysers (Emerson NGA/MLT, CAI 600/700, Servomex, TEOM): STX text ETX.

Its frames carry no check at all: a digit damaged into another digit cannot be noticed. What is
noticed is damage to the frame, to the echoed code and to the form of a number. Parity on the
line helps. Source: Emerson AK manual 90003752, p. 1-3..1-18; CAI 700M HFID manual, p. 153-155.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.text import TextRequest, decimal, digits, plain, printable

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["REFUSALS", "AkRegister", "AkRequest", "number"]

STX, ETX = 0x02, 0x03
DONT_CARE = 0x20  # the factory setting; an answer's is any character
UNKNOWN = "????"
NO_VALUE = ("NA", "OF", "BS")  # where one value of several is missing
REFUSALS = {
    UNKNOWN: "unknown code, or a faulty transfer",
    "OF": "offline: the device is in manual mode; SREM first",
    "NA": "this channel is not available",
    "BS": "busy with a running function; only SRES and STBY are taken",
    "SE": "syntax error: the data have not the form this code expects",
    "DF": "data error: the data are not what this code can work with",
}


def number(word: str) -> "float | None":
    """A value of an answer; None where the device marks it as invalid (`#`) or has none. Raises WireError.

    The E-format is allowed beside the decimal point (Emerson AK manual 90003752 p. 1-8).
    """
    if word in NO_VALUE:
        return None
    value = decimal(word[1:] if word[:1] == "#" else word)
    return None if word[:1] == "#" else value


def refusal(words: "tuple[str, ...]") -> str:
    """The last of the words where they are a refusal: `BS`, `3 NA`, `K0 OF K1 NA`; else nothing."""
    for word in words:
        channel = word[1:] if word[:1] == "K" else word
        if word not in REFUSALS and not (digits(channel) and len(channel) <= 2):
            return ""
    return words[-1] if words and words[-1] in REFUSALS else ""


class AkRequest(TextRequest):
    """One AK code. The value is (error status 0..9, words): status 0 is no error, else see ASTF.

    code: four of A-Z and 0-9. A... reads and may be repeated; S... controls and E... writes,
    both never asked twice. channel: 0 is the whole system. data: what follows, blank-separated.
    address: the bus address byte of the RS-485 form, 0x04..0xFF, which the answer repeats; None
    for the form without (RS-232, TCP), whose second byte nobody reads. values: words of the usual
    answer, for planning. Raises ValueError for what cannot be asked.

    The answer repeats the code alone: not the channel, and not the data.
    """

    address: "int | None"
    names = ("STX", "address")
    mark = b"\x03"
    longest = 512  # an ASTF of many numbers; the manuals set no bound

    def __init__(
        self, code: str, channel: int = 0, data: str = "", address: "int | None" = None, values: int = 1
    ) -> None:
        letters = code.encode()
        if len(letters) != 4 or not all(65 <= byte <= 90 or 48 <= byte <= 57 for byte in letters):
            raise ValueError("AK code %r is not four of A-Z and 0-9" % code)
        if not 0 <= channel <= 99:
            raise ValueError("AK channel %d is not within 0..99" % channel)
        if address is not None and not ETX < address <= 0xFF:
            raise ValueError("AK bus address byte %d is not within 4..255" % address)
        if not all(32 <= byte <= 126 for byte in data.encode()):
            raise ValueError("AK data %r are not printable ASCII" % data)
        self.code = code
        self.channel = channel
        self.data = data
        self.address = address
        self.shape = ("AK", code)
        self.repeatable = code[0] == "A"
        self.head = (STX, address)
        self.expected = 9 + 9 * values  # a blank, a sign, six digits and a point

    def encode(self) -> bytes:
        lead = DONT_CARE if self.address is None else self.address
        text = "%s K%d%s" % (self.code, self.channel, self.data and " " + self.data)
        return bytes((STX, lead)) + text.encode() + bytes((ETX,))

    def check_head(self, buf: "Buffer") -> None:
        super().check_head(buf)
        if len(buf) > 1 and buf[1] in (STX, ETX):
            raise WireError("byte behind STX", "any character", buf[1])
        echo = bytes(buf[2:6])
        if not self.code.encode().startswith(echo) and not UNKNOWN.encode().startswith(echo):
            raise WireError("echoed code", self.code, printable(echo))

    def words(self, text: str) -> "tuple[str, ...]":
        """What stands behind the code. Raises WireError, Refused."""
        code, blank, rest = text[:4], text[4:5], text[5:]
        if len(code) < 4 or blank != " ":
            raise WireError("answer", "%s and the error status" % self.code, text or "nothing")
        if code == UNKNOWN:
            raise Refused(UNKNOWN, REFUSALS[UNKNOWN])
        return tuple([word for word in rest.split(" ") if word])

    def value(self, text: str, frame: bytes) -> "tuple[int, tuple[str, ...]]":
        words = self.words(text)
        if not words or len(words[0]) != 1 or not digits(words[0]):
            raise WireError("error status", "one digit", words[0] if words else "nothing")
        word = refusal(words[1:])
        if word:
            raise Refused(word, REFUSALS[word], word == "BS")
        return int(words[0]), words[1:]


class AkRegister(AkRequest):
    """`AREG`: one register of a TEOM. The value is (status word, number).

    register 0..999; station: the byte behind STX, 0x30 being station 0. The answer repeats the
    register, so that no late answer is taken for another register's. Numbers: 245 is the mass
    concentration of TEOM A (1405 families).
    Source: public TEOM 1405 driver (question, place of the value, 2 s); public TEOM 1400a drivers
    (status, register and value in the answer, `SE` for an error).
    """

    timeout_ms = 2000.0

    def __init__(self, register: int, channel: int = 0, station: int = 0x30) -> None:
        if not 0 <= register <= 999:
            raise ValueError("TEOM register %d is not within 0..999" % register)
        super().__init__("AREG", channel, "%d" % register, station, 2)
        self.register = register
        self.shape = ("AK", "AREG", register)

    def value(self, text: str, frame: bytes) -> "tuple[str, float]":  # type: ignore[override]
        words = self.words(text)
        word = refusal(words[1:])
        if word:
            raise Refused(word, REFUSALS[word], word == "BS")
        if len(words) != 3:
            raise WireError("answer", "status, register and value", " ".join(words) or "nothing")
        if words[1] != "%d" % self.register:
            raise WireError("echoed register", "%d" % self.register, words[1])
        return words[0], plain(words[2])
