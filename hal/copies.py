"""An answer that is sent twice, as repeaters and radios do.

The copy of an answer looks like the answer to the next question of equal shape. What tells them apart
is that it begins before that question has left the wire. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hal.doubt import Debt

__all__ = ["Copies"]


class Copies:
    """The last answer of one line, to know it again. char_ms: one character's time."""

    def __init__(self, char_ms: float) -> None:
        self.char_ms = char_ms
        self.last = b""
        self._key = b""
        self._paced = True

    def answered(self, question: "Debt", data: bytes) -> None:
        """This was taken."""
        self.last, self._key = data, question.key

    def has(self, question: "Debt", data: bytes, now: float) -> bool:
        """Whether what looks like the answer, its last byte heard `now`, is the one before once more.

        Where any other answer is quicker than the wire allows, the line is not paced as it is set (a
        serial server on a network), and that tells nothing any longer.
        """
        if question.request.listening or now >= question.asked_at + len(data) * self.char_ms:
            return False
        if data != self.last or question.key == self._key:
            self._paced = False
        return self._paced
