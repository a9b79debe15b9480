"""DCON: relay outputs, and the host watchdog of the modules that have them.

A module whose host watchdog is on counts down from its time; `~**`, heard by every module on the
line and answered by none, sets it back. When it runs out, the outputs take the safe value, output
commands are ignored with `!`, and the status stays set, also without power, until `~AA1` clears it.
Source: ICP DAS I-7000 DIO manual B1.2 (printed by B&B as I-7060), 2.3, 2.7, 2.8, 2.17-2.22; ICP DAS
I-7021/22/24 manual B2.3, A.5.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, Request, WireError
from drivers.wire.dcon import HEX, DconRequest, checksum, hex_byte

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = [
    "TIMED_OUT",
    "ClearTimeout",
    "HostIsWell",
    "ReadOutputs",
    "ReadReset",
    "ReadSafeValue",
    "ReadWatchdog",
    "SetWatchdog",
    "SwitchOutput",
]

TIMED_OUT = 0x04  # the bit of the status that stays set once the host watchdog has run out


class Bare(DconRequest):
    """An answer without the address: nothing in it says whose it is."""

    leads: "tuple[int, ...]" = (ord("!"),)

    def check_head(self, buf: "Buffer") -> None:
        """Raises WireError as soon as the answer cannot be to this question."""
        if buf and buf[0] not in self.leads and buf[0] != ord("?"):
            raise WireError("first character", self.leads[0], buf[0])

    def value(self, text: str, frame: bytes) -> "object":
        text = self.without_checksum(text, frame)
        if text[0] == "?":
            if text not in ("?", "?%02X" % self.address):
                raise WireError("answer", "? and perhaps the address", text)
            raise Refused("?", "not a valid command for this module, or not now")
        return self.said(text)


class SwitchOutput(Bare):
    """`#AA1cDD`: energise the output c (0..15), or let it go. The value is True: the module took it.

    Raises Refused with the code `!` where the host watchdog has run out: it keeps its safe value.
    """

    leads = (ord(">"), ord("!"))
    longest = expected = 6
    shape = ("DCON", ">", 0)
    repeatable = False

    def __init__(self, address: int, output: int, on: bool, checked: bool) -> None:
        if not 0 <= output <= 15:
            raise ValueError("output %d is not within 0..15" % output)
        super().__init__(address, checked, "#1" + HEX[output] + ("01" if on else "00"))

    def said(self, text: str) -> bool:
        if text == "!":
            raise Refused("!", "the module's host watchdog has run out: its outputs keep the safe value")
        if text != ">":
            raise WireError("answer", "> alone", text)
        return True


class ReadOutputs(Bare):
    """`$AA6`: the outputs of a module without inputs, a bit each.

    The answer has a byte for outputs and one for inputs, and the sources do not agree on their order:
    where there are no inputs, the other one is 0. Raises WireError where both say something.
    """

    longest = expected = 10
    shape = ("DCON", "!", 6)

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "$6")

    def said(self, text: str) -> int:
        if len(text) != 7:
            raise WireError("answer", "! and six hex digits", text)
        one, other, last = [hex_byte(text[at : at + 2], "outputs") for at in (1, 3, 5)]
        if last or (one and other):
            raise WireError("outputs", "one byte, the others 00", text[1:])
        return one | other


class ReadWatchdog(DconRequest):
    """`~AA0`: the status byte; TIMED_OUT is set once the host watchdog has run out."""

    longest = expected = 8
    shape = ("DCON", "!AA", 2)

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "~0")

    def said(self, text: str) -> int:
        return hex_byte(text, "status")


class ReadReset(DconRequest):
    """`$AA5`: whether the module has been without power since it was asked this. True or False.

    Asking clears it, so it is never asked again for want of an answer: who gets none must assume it.
    """

    longest = expected = 7
    shape = ("DCON", "!AA", 1)
    repeatable = False

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "$5")

    def said(self, text: str) -> bool:
        if text not in ("0", "1"):
            raise WireError("reset status", "0 or 1", text or "nothing")
        return text == "1"


class ReadSafeValue(DconRequest):
    """`~AA4S`: the outputs that the module takes when the host watchdog runs out, a bit each."""

    longest = expected = 10
    shape = ("DCON", "!AA", 4)

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "~4S")

    def said(self, text: str) -> int:
        if len(text) != 4 or text[2:] != "00":
            raise WireError("safe value", "two hex digits and 00", text)
        return hex_byte(text[:2], "safe value")


class Command(DconRequest):
    """A command whose answer is `!AA` alone; the value is True."""

    longest = expected = 6
    shape = ("DCON", "!AA", 0)
    repeatable = False

    def said(self, text: str) -> bool:
        if text:
            raise WireError("answer", "! and the address", text)
        return True


class ClearTimeout(Command):
    """`~AA1`: output commands count again; the outputs stay as they are."""

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "~1")


class SetWatchdog(Command):
    """`~AA31VV`: switch the host watchdog on, for tenths (1..255) of 0.1 s."""

    def __init__(self, address: int, tenths: int, checked: bool) -> None:
        if not 1 <= tenths <= 255:
            raise ValueError("a host watchdog of %d tenths of a second is not within 1..255" % tenths)
        super().__init__(address, checked, "~31%02X" % tenths)


class HostIsWell(Request):
    """`~**`: tells every module on the line that the host is well. Nobody answers."""

    broadcast = True
    repeatable = False
    shape = ("DCON", "~**")

    def __init__(self, address: int, checked: bool) -> None:
        self.address = address
        self._frame = b"~**" + (checksum(b"~**") if checked else b"") + b"\r"

    def encode(self) -> bytes:
        return self._frame

    def length(self, buf: "Buffer") -> "int | None":
        return None

    def parse(self, buf: "Buffer") -> None:
        if buf:
            raise WireError("answer", "none", buf[0])
