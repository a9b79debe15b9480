"""What a scan asks: at which settings, whom, in which protocols, and how long that takes."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from agent.media import framing_of
from drivers.identification import PROTOCOLS, Protocol, presence
from hal.job import NETWORK_MARGIN_MS, TcpTiming, Timing
from hal.port import Framing
from hal.tcp_port import TCP, tcp_address

if TYPE_CHECKING:
    from drivers.registers import Framing as ModbusFraming

__all__ = [
    "ADDRESSES",
    "NETWORK_TIMEOUT_MS",
    "SETTINGS",
    "TIMEOUT_MS",
    "UNITS",
    "Plan",
    "Setting",
    "WrongChoice",
    "numbers",
    "protocols_of",
    "settings_of",
]


UNITS = (0, 255)  # over TCP; a device on its own connection is 255, or takes any
TIMEOUT_MS, NETWORK_TIMEOUT_MS = 100.0, 500.0  # to an answer's first byte


class WrongChoice(ValueError):
    """An option that makes no sense, in words for a person."""


class Setting(NamedTuple):
    """baud: bit/s; framing: as in 8N1; medium: "" a serial port, "rtu+tcp" a device server, whose own
    settings it has, "tcp" Modbus TCP, which has none.
    """

    baud: int
    framing: str
    medium: str = ""

    def __str__(self) -> str:
        if self.medium:
            return "Modbus TCP" if self.medium == TCP else "the device server's settings"
        return f"{self.baud} {self.framing}"

    @property
    def timing(self) -> Timing:
        if self.medium == TCP:
            return TcpTiming()
        bits = Framing(self.framing).bits
        return Timing(self.baud, bits, NETWORK_MARGIN_MS) if self.medium else Timing(self.baud, bits)

    def modbus_framing(self) -> "ModbusFraming":
        """How Modbus is framed there; one for each connection."""
        return framing_of(self.medium)


# What instruments are delivered with, the most usual first.
SETTINGS = tuple(
    Setting(baud, framing)
    for baud, framing in (
        (9600, "8N1"),
        (19200, "8E1"),
        (4800, "8N1"),
        (9600, "8E1"),
        (19200, "8N1"),
        (115200, "8N1"),
        (38400, "8N1"),
        (2400, "8N1"),
    )
)
# The addresses people give, and those that instruments are delivered with: Draeger 126, Lanbao 201, MSA 247.
ADDRESSES = (*range(1, 33), 126, 201, 247)


def numbers(text: str, low: int, high: int, what: str) -> list[int]:
    """`1-32,40` as numbers in that order. Raises WrongChoice."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or len(part) > 20:
            raise WrongChoice(f"{what} {part!r}: expected numbers, as in 1-32,40")
        span = range(int(first), int(last if dash else first) + 1)
        if not span or span[0] < low or span[-1] > high:
            raise WrongChoice(f"{what} {part!r} is not within {low}..{high}")
        found.extend(number for number in span if number not in found)
    return found


def settings_of(
    port: str, baud: str | None, framing: str | None, first: Setting | None = None
) -> list[Setting]:
    """The settings to try, in order. first: what the station file says of the line.

    A device server keeps the settings that it has: there, only the first is for the time on the wire
    behind it. Raises WrongChoice.
    """
    try:
        network = tcp_address(port)
    except ValueError as error:
        raise WrongChoice(f"{port}: {error}") from None
    if network is not None:
        usual = _serial_settings(baud, framing)[:1] if baud or framing or first is None else [first]
        return [usual[0]._replace(medium=network.kind)]
    return list(dict.fromkeys([*([first] if first else []), *_serial_settings(baud, framing)]))


def _serial_settings(baud: str | None, framing: str | None) -> list[Setting]:
    if baud is None and framing is None:
        return list(SETTINGS)
    if baud is not None and "-" in baud:
        raise WrongChoice(f"--baud {baud!r}: expected speeds, as in 9600,19200")
    bauds = numbers(baud or "9600,19200,4800", 50, 4_000_000, "--baud")
    framings = [each.strip().upper() for each in (framing or "8N1,8E1").split(",")]
    for each in framings:
        try:
            Framing(each)
        except ValueError as error:
            raise WrongChoice(f"--{error}") from None
    return [Setting(speed, bits) for speed in bauds for bits in framings]


class Plan(NamedTuple):
    """timeout_ms: from a question's end to the answer's first byte."""

    settings: Sequence[Setting]
    addresses: Sequence[int]
    protocols: Sequence[Protocol]
    timeout_ms: float

    def protocols_at(self, setting: Setting) -> list[Protocol]:
        """Those that can be spoken at this speed, and over this medium."""
        if setting.medium == TCP:
            return [each._replace(addresses=UNITS) for each in self.protocols if each.name == "modbus"]
        return [each for each in self.protocols if not each.bauds or setting.baud in each.bauds]

    def asked(self, protocol: Protocol) -> "Iterator[int | None]":
        """Whom to ask in a protocol: every address that it has, or everybody at once."""
        if protocol.addresses is None:
            yield None
            return
        low, high = protocol.addresses
        yield from (address for address in self.addresses if low <= address <= high)

    def questions_at(self, setting: Setting) -> int:
        """At most: a question that is answered needs no other way to ask."""
        framing = setting.modbus_framing()
        return sum(len(presence(*each, framing)) for each in self._each(setting))

    def seconds_at(self, setting: Setting) -> float:
        """The longest that it takes where nobody answers: the wire, the time-out and the silence."""
        timing, framing = setting.timing, setting.modbus_framing()
        ms = 0.0
        for protocol, address in self._each(setting):
            for request in presence(protocol, address, framing):
                ms += len(request.encode()) * timing.char_ms + self.timeout_ms + timing.silence_ms
        return ms / 1000

    def _each(self, setting: Setting) -> "Iterator[tuple[str, int | None]]":
        for protocol in self.protocols_at(setting):
            for address in self.asked(protocol):
                yield protocol.name, address


def protocols_of(text: str | None) -> list[Protocol]:
    """Raises WrongChoice."""
    if text is None:
        return list(PROTOCOLS)
    known = {each.name: each for each in PROTOCOLS}
    wanted = [each.strip() for each in text.split(",")]
    for name in wanted:
        if name not in known:
            raise WrongChoice(f"--protocols {name!r} is none of {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted)]
