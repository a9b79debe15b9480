"""Lines that an instrument sends on its own: text, ended by a mark, with no check."""

from typing import TYPE_CHECKING

from drivers.exchange import Listening, WireError
from drivers.wire.text import printable

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer

__all__ = ["StreamedLine"]

NAMES = {0x00: "NUL", 0x0A: "LF", 0x0D: "CR"}


class StreamedLine(Listening):
    """The next whole line. A line is taken only from behind the mark of the one before: joined in its
    middle, 15.88 would be read as 5.88. The closing mark is left for the line that follows.

    mark: the byte that ends a line; skipped: what may stand behind it, or must, where the manual prints it
    (a line feed damaged into a digit would make 112.87 of 12.87); controls: the control characters that a
    line may hold.
    """

    mark = 0x0D
    skipped = b"\n"
    must_skip = False
    controls: tuple[int, ...] = ()
    longest = 128

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(bytes((self.mark,)), 1)
        return None if end < 0 else end

    def may_rest(self, buf: "Buffer") -> bool:
        """The mark alone: between two lines of an instrument that sends one a second."""
        return bytes(buf) in (bytes((self.mark,)), bytes((self.mark,)) + self.skipped)

    def parse(self, buf: "Buffer") -> "Any":
        if buf and buf[0] != self.mark:
            raise WireError("%s of the line before" % NAMES[self.mark], self.mark, buf[0])
        if self.must_skip and len(buf) > 1 and buf[1:2] != self.skipped:
            raise WireError("byte behind the %s" % NAMES[self.mark], self.skipped[0], buf[1])
        size = self.length(buf)
        if (size or len(buf)) > self.longest:
            raise WireError("line", "at most %d bytes" % self.longest, "%d" % (size or len(buf)))
        first = 2 if self.skipped and buf[1:2] == self.skipped else 1
        text = printable(buf[first : len(buf) if size is None else size], self.controls)
        return None if size is None else self.said(text)

    def said(self, text: str) -> "Any":
        """What a whole line says; never None. Raises WireError."""
        raise NotImplementedError
