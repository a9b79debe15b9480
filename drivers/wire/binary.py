"""What binary frames share: bytes that must be there, a length, a check."""

from typing import TYPE_CHECKING

from drivers.exchange import Request
from drivers.wire.checks import check_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from drivers.exchange import Buffer

__all__ = ["BinaryRequest", "words"]


def words(data: "Buffer") -> tuple[int, ...]:
    """Unsigned numbers of two bytes each, high byte first."""
    return tuple([data[at] << 8 | data[at + 1] for at in range(0, len(data) - 1, 2)])


class BinaryRequest(Request):
    """A question whose answer is a binary frame. A protocol sets:

    head: the bytes that every answer begins with; None where any will do. names: what they are.
    size: bytes of the answer, where they are always the same.
    question: the bytes to send; b"" for a frame that is only listened for.
    """

    head: "Sequence[int | None]" = ()
    names: "Sequence[str]" = ()
    size = 0
    question = b""

    def encode(self) -> bytes:
        return self.question

    def length(self, buf: "Buffer") -> "int | None":
        return self.size

    def check_head(self, buf: "Buffer") -> None:
        """Raises WireError as soon as the frame cannot be the one waited for."""
        check_head(buf, self.head, self.names)

    def parse(self, buf: "Buffer") -> "Any":
        self.check_head(buf)
        size = self.length(buf)
        if size is None or len(buf) < size:
            return None
        frame = bytes(buf[:size])
        self.check(frame)
        return self.value(frame)

    def check(self, frame: bytes) -> None:
        """Raises WireError where the frame's own check does not hold."""
        raise NotImplementedError

    def value(self, frame: bytes) -> "Any":
        """What a whole, sound frame says. Never None. Raises Refused where it is a refusal."""
        raise NotImplementedError
