"""Met One ES-405 in computer mode: ESC, a command, its checksum, CR; answered by text and checksum.

The checksum is `*` and five decimal digits: the 16-bit sum of the characters before it, ESC left
out. A question may carry `*//` instead, which the instrument takes as right. Source: ES-405 manual
p. 28-29, whose printed answer recomputes; of its commands only `rv` has been seen.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.text import TextRequest

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer

__all__ = ["MetOneRequest", "ReadRevision", "checksum"]

ESC = 0x1B
ANY_SUM = b"*//"


def checksum(text: bytes) -> bytes:
    """`*` and the sum of the characters, 00000..65535."""
    return b"*%05d" % (sum(text) & 0xFFFF)


class MetOneRequest(TextRequest):
    """One command; the value is the answer's text. The instrument has no address.

    begins: what every answer to it begins with. An answer has no start mark, and the sum alone is
    no guard: cut off in front, and one character raised by what was cut, it would be right again.
    repeatable: whether the manual says that the command only reads. any_sum: send `*//`, as the
    manual's example does, instead of the checksum. Raises ValueError for what cannot be asked.
    """

    address = None
    mark = b"*"
    behind = 5

    def __init__(self, command: str, begins: str, repeatable: bool = False, any_sum: bool = False) -> None:
        for text in (command, begins):
            if not text or not all(32 <= byte <= 126 and byte != 0x2A for byte in text.encode()):
                raise ValueError("Met One text %r is not plain text without a *" % text)
        self.command = command
        self.begins = begins
        self.head = begins.encode()
        self.repeatable = repeatable
        self.any_sum = any_sum
        self.shape = ("Met One", begins)

    def encode(self) -> bytes:
        text = self.command.encode()
        return bytes((ESC,)) + text + (ANY_SUM if self.any_sum else checksum(text)) + b"\r"

    def check_head(self, buf: "Buffer") -> None:
        begun = bytes(buf[: len(self.head)])
        if not self.begins.encode().startswith(begun):
            raise WireError("answer to %s" % self.command, "%s..." % self.begins, repr(begun))

    def value(self, text: str, frame: bytes) -> "Any":
        due, got = checksum(frame[:-6]), frame[-6:]
        if due != got:
            raise WireError("checksum", due.decode(), repr(got))
        return self.said(self.begins + text)

    def said(self, text: str) -> "Any":
        """What the text means."""
        return text


class ReadRevision(MetOneRequest):
    """`rv`: model (ES-405), part number and firmware revision, as a tuple of three texts."""

    expected = 30

    def __init__(self, any_sum: bool = False) -> None:
        super().__init__("rv", "ES-405,", True, any_sum)

    def said(self, text: str) -> "tuple[str, ...]":
        words = tuple([word.strip() for word in text.split(",")])
        if len(words) != 3:
            raise WireError("answer to rv", "model, part number and revision", text)
        return words
