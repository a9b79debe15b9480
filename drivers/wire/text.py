"""What the ASCII protocols share: printable text, numbers, and answers that end by a mark."""

from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.checks import check_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from drivers.exchange import Buffer

__all__ = ["TextRequest", "decimal", "digits", "natural", "plain", "printable"]

DIGITS_MAX = 15  # what a 64-bit float carries exactly
POWER_MAX = 99  # two digits of exponent: with DIGITS_MAX no instrument's number overflows


def printable(data: "Buffer", also: tuple[int, ...] = ()) -> str:
    """The text of printable ASCII, and of the control characters in `also`. Raises WireError."""
    for byte in data:
        if not (0x20 <= byte <= 0x7E or byte in also):
            raise WireError("text", "printable ASCII", byte)
    return bytes(data).decode()


def digits(word: str) -> bool:
    """Whether the word is of 0-9 alone; Python's isdigit takes those of other scripts too."""
    return bool(word) and all(sign in "0123456789" for sign in word)


def natural(word: str, name: str) -> int:
    """A number of 1..15 decimal digits and nothing else. Raises WireError."""
    if not digits(word) or len(word) > DIGITS_MAX:
        raise WireError(name, "digits", word or "nothing")
    return int(word)


def decimal(word: str, name: str = "value") -> float:
    """The number that a word such as -12.5, .5, 3 or 4.000E+1 writes. Raises WireError.

    An exponent must have its sign, as every manual prints it: one damaged character makes 1E6 out of 106, but
    never 1E+6. For instruments whose manual has exponents; others use `plain`. The same float on both
    interpreters, whose own reading of text differs in the last digit.
    """
    mantissa, mark, exponent = word.upper().partition("E")
    negative = mantissa[:1] == "-"
    whole, _, part = (mantissa[1:] if mantissa[:1] in ("+", "-") else mantissa).partition(".")
    figures = whole + part
    is_power = exponent[:1] in ("+", "-") and digits(exponent[1:]) and len(exponent) <= 3
    if not digits(figures) or len(figures) > DIGITS_MAX or (mark and not is_power):
        raise WireError(name, "a number", word or "nothing")
    power = (int(exponent) if mark else 0) - len(part)
    number = int(figures)
    value = number / 10**-power if power < 0 else float(number * 10**power)
    return -value if negative else value


def plain(word: str, name: str = "value") -> float:
    """As decimal, of instruments that write no exponents. Raises WireError.

    A blank before a number fills its column, and is the caller's to take away; one behind it, or within, is
    a digit that was damaged.
    """
    if "E" in word.upper():
        raise WireError(name, "a number without exponent", word)
    return decimal(word, name)


class TextRequest(Request):
    """A question whose answer ends by a mark. A protocol sets:

    head: the bytes that every answer begins with; None where any will do. names: what they are.
    mark: the one or two bytes that end it; behind: how many bytes of a check follow the mark.
    controls: the control characters that may stand between head and mark.
    """

    head: "Sequence[int | None]" = b""
    names: "Sequence[str]" = ()
    mark = b"\r"
    behind = 0
    controls: tuple[int, ...] = ()

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(self.mark, len(self.head))
        return None if end < 0 else end + len(self.mark) + self.behind

    def check_head(self, buf: "Buffer") -> None:
        """Raises WireError as soon as the answer cannot be to this question."""
        check_head(buf, self.head, self.names)

    def parse(self, buf: "Buffer") -> "Any":
        self.check_head(buf)
        size = self.length(buf)
        if (size or len(buf)) > self.longest:
            raise WireError("answer", "at most %d bytes" % self.longest, "%d" % (size or len(buf)))
        end = self._end_so_far(buf) if size is None else size - self.behind - len(self.mark)
        text = printable(buf[len(self.head) : end], self.controls)
        if size is None or len(buf) < size:
            return None
        return self.value(text, bytes(buf[:size]))

    def _end_so_far(self, buf: "Buffer") -> int:
        """Where the text ends that has come: a mark of two bytes may have begun behind it."""
        end = len(buf)
        first = self.mark[0]
        return end - 1 if len(self.mark) == 2 and end > len(self.head) and buf[end - 1] == first else end

    def value(self, text: str, frame: bytes) -> "Any":
        """What a whole answer says; text: what stands between head and mark. Never None."""
        raise NotImplementedError
