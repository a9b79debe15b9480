"""Thermo C-Link: a byte 128 + ID, a command, CR; the answer repeats the command and adds data.

Reply format 00 ends by CR and has no check. Format 01 ends by LF, `sum xxxx` and CR: four hex
digits, the sum of the answer's characters. `set format 01` is the instrument's own setting.
Source: Thermo 5028i manual p. 241-242, 5030i p. B-3 (refusals), 15i p. B-37 and 48C p. 177
(formats), 146i p. B-17 (a record whose printed sum also counts a line feed).
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.text import TextRequest

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["REFUSALS", "CLinkReport", "CLinkRequest", "CLinkSet", "text_sum"]

LF, CR = 0x0A, 0x0D
SUM = "\nsum "
REFUSALS = {  # 5030i manual, table B-1
    "bad cmd": "the command is not recognised",
    "too high": "the value is above the upper limit",
    "too low": "the value is below the lower limit",
    "invalid string": "a number was expected",
    "data not valid": "the value is not acceptable for this command",
    "can't, wrong settings": "not allowed in the present measurement mode",
    "can't, mode is service": "not allowed while the instrument is in service mode",
    "feature not enabled": "the I/O expansion board is not detected",
}
ACTING = ("set", "save", "1", "2", "3", "4")  # settings and soft keys, 5030i manual, table B-2


def text_sum(body: "Buffer") -> int:
    """The sum of the characters, in 16 bits."""
    return sum(body) & 0xFFFF


class CLinkRequest(TextRequest):
    """One command of the instrument `address` (its ID, 0..127; 0 sends no first byte).

    checksum: the instrument is set to format 01, or the command itself asks for it (lr11).
    newline_in_sum: its sums count the line feed before `sum` too. The documents show both; only
    one is taken at a time, since with both a point damaged into an 8 (ten more, as much as LF)
    would pass.
    longest: bytes of the longest answer; a record has about 200, `lrec` sends up to ten.
    Raises ValueError for what cannot be asked.

    The answer repeats the command, capitals or not. One command may begin like another (`o2`,
    `o2 corr conc`), so two of the same first word count as mistakable.
    """

    address: int
    controls = (LF,)

    def __init__(
        self,
        address: int,
        command: str,
        checksum: bool = False,
        newline_in_sum: bool = False,
        longest: int = 512,
    ) -> None:
        if not 0 <= address <= 127:
            raise ValueError("C-Link instrument ID %d is not within 0..127" % address)
        if not command or command != command.strip() or not all(32 <= b <= 126 for b in command.encode()):
            raise ValueError("C-Link command %r is not plain text" % command)
        self.address = address
        self.command = command
        self.checksum = checksum
        self.newline_in_sum = newline_in_sum
        self.longest = longest
        self.expected = len(command) + 16 + (len(SUM) + 4 if checksum else 0)
        self.shape = ("C-Link", command.lower().split(" ")[0])

    def encode(self) -> bytes:
        lead = bytes((128 + self.address,)) if self.address else b""
        return lead + self.command.encode() + bytes((CR,))

    def check_head(self, buf: "Buffer") -> None:
        echo = self.command.lower().encode()
        for at, want in enumerate(echo[: len(buf)]):
            if buf[at] != want and not (0x41 <= buf[at] <= 0x5A and buf[at] | 0x20 == want):
                raise WireError("byte %d of the echo of '%s'" % (at + 1, self.command), want, buf[at])
        if len(buf) > len(echo) and buf[len(echo)] not in (0x20, LF, CR):
            raise WireError("byte behind the echo of '%s'" % self.command, "blank or LF", buf[len(echo)])

    def value(self, text: str, frame: bytes) -> "str | bool":
        at = text.rfind(SUM)
        if self.checksum:
            self._check_sum(text, at, frame)
        elif at >= 0:
            raise WireError("format", "00, without a sum", "01, with %s" % text[at + 1 :])
        body = text[:at] if at >= 0 else text
        data = body[len(self.command) :].strip()
        if data.lower() in REFUSALS:
            raise Refused(data.lower(), REFUSALS[data.lower()])
        return self.said(data)

    def said(self, data: str) -> "str | bool":
        """What the text behind the echo means."""
        raise NotImplementedError

    def _check_sum(self, text: str, at: int, frame: bytes) -> None:
        digits = text[at + len(SUM) :] if at >= 0 else ""
        if at < 0:
            raise WireError("sum", "LF, 'sum' and four hex digits", "none: the reply format is 00")
        due = text_sum(frame[:at]) + (LF if self.newline_in_sum else 0)
        if len(digits) != 4 or "%04X" % (due & 0xFFFF) != digits.upper():
            raise WireError("sum", "%04X" % (due & 0xFFFF), digits)


class CLinkReport(CLinkRequest):
    """A command that reports; the value is the text behind the echo. May be asked again.

    Raises ValueError for `set`, `save` and the soft keys; whoever asks anything else looks up in
    the instrument's manual that it only reports.
    """

    def __init__(
        self,
        address: int,
        command: str,
        checksum: bool = False,
        newline_in_sum: bool = False,
        longest: int = 512,
    ) -> None:
        super().__init__(address, command, checksum, newline_in_sum, longest)
        if command.lower().split(" ")[0] in ACTING:
            raise ValueError("C-Link command '%s' does not only report" % command)

    def said(self, data: str) -> str:
        if not data:
            raise WireError("answer", "data behind '%s'" % self.command, "none")
        return data


class CLinkSet(CLinkRequest):
    """`set ...`: the value is True when the instrument says `ok`. Never asked twice.

    It needs `set mode remote` before, and no service mode. Raises ValueError for another command.
    """

    repeatable = False

    def __init__(
        self, address: int, command: str, checksum: bool = False, newline_in_sum: bool = False
    ) -> None:
        super().__init__(address, command, checksum, newline_in_sum)
        if command.lower().split(" ")[0] != "set":
            raise ValueError("C-Link command '%s' does not begin with set" % command)

    def said(self, data: str) -> bool:
        if data.lower() != "ok":
            raise WireError("answer", "ok", data or "nothing")
        return True
