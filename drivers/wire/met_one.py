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

__all__ = ["MetOneRequest", "ReadRevision", "checksum"]

ESC = 0x1B
ANY_SUM = b"*//"


def checksum(text: bytes) -> bytes:
    """`*` and the sum of the characters, 00000..65535."""
    return b"*%05d" % (sum(text) & 0xFFFF)


class MetOneRequest(TextRequest):
    """One command; the value is the answer's text. The instrument has no address.

    repeatable: whether the manual says that the command only reads. any_sum: send `*//`, as the
    manual's example does, instead of the checksum. Raises ValueError for what cannot be asked.

    The answer names no question; text that is no longer whole fails its sum.
    """

    address = None
    mark = b"*"
    behind = 5
    shape: "tuple[str, ...]" = ("Met One",)

    def __init__(self, command: str, repeatable: bool = False, any_sum: bool = False) -> None:
        if not command or not all(32 <= byte <= 126 and byte != 0x2A for byte in command.encode()):
            raise ValueError("Met One command %r is not plain text without a *" % command)
        self.command = command
        self.repeatable = repeatable
        self.any_sum = any_sum

    def encode(self) -> bytes:
        text = self.command.encode()
        return bytes((ESC,)) + text + (ANY_SUM if self.any_sum else checksum(text)) + b"\r"

    def value(self, text: str, frame: bytes) -> "Any":
        due, got = checksum(text.encode()), frame[-6:]
        if due != got:
            raise WireError("checksum", due.decode(), repr(got))
        if not text.strip():
            raise WireError("answer to %s" % self.command, "text", "none")
        return self.said(text.strip())

    def said(self, text: str) -> "Any":
        """What the text means."""
        return text


class ReadRevision(MetOneRequest):
    """`rv`: model, part number and firmware revision, as a tuple of three texts."""

    expected = 30

    def __init__(self, any_sum: bool = False) -> None:
        super().__init__("rv", True, any_sum)

    def said(self, text: str) -> "tuple[str, ...]":
        words = tuple([word.strip() for word in text.split(",")])
        if len(words) != 3:
            raise WireError("answer to rv", "model, part number and revision", text)
        return words
