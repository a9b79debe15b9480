"""Modbus function 43/14: who the device says it is.

Source: MODBUS Application Protocol V1.1b3, clause 6.21.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.modbus_pdu import MAX_PDU_BYTES, Pdu

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import NamedTuple

    from drivers.exchange import Buffer, Request

    class Identity(NamedTuple):
        conformity: int
        more: bool
        next_object: int
        objects: tuple[tuple[int, bytes], ...]
else:
    Identity = namedtuple("Identity", ("conformity", "more", "next_object", "objects"))

__all__ = [
    "BASIC",
    "EXTENDED",
    "INDIVIDUAL",
    "OBJECT_NAMES",
    "REGULAR",
    "Identity",
    "ReadIdentity",
    "identify",
    "printed",
]

BASIC, REGULAR, EXTENDED, INDIVIDUAL = 1, 2, 3, 4
MEI_TYPE = 14
MORE_FOLLOWS = 0xFF
HEAD_BYTES = 7  # function, MEI type, code, conformity, more follows, next object, number of objects

OBJECT_NAMES = (  # by object number; 7..127 are reserved, 128..255 the vendor's own
    "vendor",
    "product code",
    "revision",
    "vendor URL",
    "product name",
    "model name",
    "user application name",
)


class ReadIdentity(Pdu):
    """Read objects of a category (BASIC, REGULAR, EXTENDED) from number `start` on, or one (INDIVIDUAL).

    The value is an Identity; its objects are (number 0..255, text as sent) in order. `next_object`
    is where to go on while `more`. Raises ValueError for what cannot be asked.
    """

    function = 43
    longest = MAX_PDU_BYTES

    def __init__(self, code: int, start: int = 0) -> None:
        if not BASIC <= code <= INDIVIDUAL:
            raise ValueError("identification code %d is not within 1..4" % code)
        if not 0 <= start <= 255:
            raise ValueError("object %d is not within 0..255" % start)
        self.code = code
        self.start = start
        self.head = (("function", self.function, 1), ("MEI type", MEI_TYPE, 1), ("code", code, 1))
        # A category's answer does not say where it was asked to begin; a single object names itself.
        alone = code == INDIVIDUAL
        self.shape = (self.function, code, start) if alone else (self.function, code)

    def encode(self) -> bytes:
        return bytes((self.function, MEI_TYPE, self.code, self.start))

    def length_of_value(self, buf: "Buffer", at: int) -> "int | None":
        if len(buf) < at + HEAD_BYTES:
            return None
        end = at + HEAD_BYTES
        for _ in range(buf[end - 1]):
            if len(buf) < end + 2:
                return None
            end += 2 + buf[end + 1]
        return end - at

    def value(self, answer: "Buffer") -> "Identity":
        conformity, more, following = answer[3], answer[4], answer[5]
        if more not in (0, MORE_FOLLOWS):
            raise WireError("more follows", "0x00 or 0xFF", "0x%02X" % more)
        found = []
        at = HEAD_BYTES
        while at < len(answer):
            end = at + 2 + answer[at + 1]
            found.append((answer[at], bytes(answer[at + 2 : end])))
            at = end
        if self.code == INDIVIDUAL and [number for number, _ in found] != [self.start]:
            raise WireError("objects", "%d alone" % self.start, str([number for number, _ in found]))
        return Identity(conformity, more == MORE_FOLLOWS, following, tuple(found))


def identify(
    ask: "Callable[[Pdu], Request]", code: int = BASIC
) -> "Generator[Request, Identity, tuple[tuple[int, bytes], ...]]":
    """A conversation: all objects of a category, in as many answers as the device makes of them.

    ask: the framing, say `lambda pdu: RtuRequest(1, pdu)`. code: BASIC, REGULAR or EXTENDED; a
    single object is one question. Raises WireError where a device goes on at an object it has
    sent already, which would never end, or not where it said it would.
    """
    if code == INDIVIDUAL:
        raise ValueError("a single object needs no conversation: ask ReadIdentity(INDIVIDUAL, number)")
    objects: tuple[tuple[int, bytes], ...] = ()
    start = 0
    while True:
        answer = yield ask(ReadIdentity(code, start))
        if start and answer.objects and answer.objects[0][0] != start:
            raise WireError("first object", start, answer.objects[0][0])
        objects += answer.objects
        if not answer.more:
            return objects
        last = objects[-1][0] if objects else start
        if answer.next_object <= last:
            raise WireError("next object", "above %d" % last, "%d" % answer.next_object)
        start = answer.next_object


def printed(text: bytes) -> str:
    """An object's text for a person: without the blanks around it, a dot for what cannot be printed."""
    return "".join([chr(byte) if 32 <= byte < 127 else "." for byte in text]).strip()
