"""Where the instrument is and what to read of it: as options say, asked for where they do not."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from agent.config.values import Wrong, duration
from hal.port import Framing
from hal.tcp_port import TCP, tcp_address
from hal.usb import SYSTEM
from tools.profile_wizard.access import Place
from tools.profile_wizard.survey import Span, spans_of
from tools.profile_wizard.terminal import Terminal
from tools.scan.settings import Setting, WrongChoice, numbers

__all__ = ["Options", "place_wanted", "spans_wanted"]

TABLES = ("holding", "input")
BOTH = "both"
REGISTERS_MAX = 1000  # in one go: more is a long time at 9600 baud, and on nobody's display
USUAL_SPEED, USUAL_FRAMING, USUAL_REGISTERS = "9600", "8N1", "0-99"
T = TypeVar("T")


class Options(NamedTuple):
    """As typed; None: to be asked for."""

    port: str | None = None
    baud: str | None = None
    framing: str | None = None
    address: str | None = None
    table: str | None = None
    registers: str | None = None
    timeout: str = "500ms"
    echo: bool = False
    anyway: bool = False


async def place_wanted(terminal: Terminal, options: Options) -> Place:
    """Raises WrongChoice for an option that makes no sense; an answer that makes none is asked again."""
    timeout_ms = _timeout(options.timeout)
    port = await _wanted(terminal, options.port, "port", _usual_port(), _port)
    network = tcp_address(port)
    medium = network.kind if network else ""
    speed, framing = options.baud, options.framing
    if network:
        speed, framing = speed or USUAL_SPEED, framing or USUAL_FRAMING  # the device server has its own
    baud = await _wanted(terminal, speed, "baud", USUAL_SPEED, _baud)
    bits = await _wanted(terminal, framing, "framing", USUAL_FRAMING, _framing)
    low, high = (0, 255) if medium == TCP else (1, 247)
    address = await _wanted(
        terminal, options.address, f"address, {low} to {high}", "1", lambda text: _address(text, low, high)
    )
    return Place(port, Setting(baud, bits, medium), address, timeout_ms, options.echo)


async def spans_wanted(terminal: Terminal, table: str | None, registers: str | None) -> list[Span]:
    """The registers to read. Raises WrongChoice as `place_wanted`."""
    tables = await _wanted(terminal, table, "table: holding, input or both", BOTH, _tables)
    found = await _wanted(terminal, registers, "registers, from 0", USUAL_REGISTERS, _registers)
    return [span for each in tables for span in spans_of(each, found)]


async def _wanted(
    terminal: Terminal, given: str | None, question: str, usual: str, parse: Callable[[str], T]
) -> T:
    if given is not None:
        return parse(given)
    while True:
        try:
            return parse(await terminal.ask(question, usual))
        except WrongChoice as wrong:
            terminal.say(str(wrong), 4)


def _usual_port() -> str:
    """The adapter that is plugged in, by the name that it keeps, if there is one."""
    links = sorted(str(link) for link in Path("/dev/serial/by-id").glob("*"))
    adapters = [adapter.device for adapter in SYSTEM.adapters()]
    return (links or adapters or ["/dev/ttyUSB0"])[0]


def _port(text: str) -> str:
    try:
        tcp_address(text)
    except ValueError as error:
        raise WrongChoice(f"{text}: {error}") from None
    return text


def _baud(text: str) -> int:
    return _one(numbers(text, 50, 4_000_000, "--baud"), "--baud")


def _framing(text: str) -> str:
    try:
        return str(Framing(text.upper()))
    except ValueError as error:
        raise WrongChoice(f"--{error}") from None


def _address(text: str, low: int, high: int) -> int:
    return _one(numbers(text, low, high, "--address"), "--address")


def _one(found: list[int], what: str) -> int:
    if len(found) > 1:
        raise WrongChoice(f"{what}: one, not {len(found)}")
    return found[0]


def _tables(text: str) -> tuple[str, ...]:
    if text == BOTH:
        return TABLES
    if text not in TABLES:
        raise WrongChoice(f"--table {text!r} is none of {', '.join((*TABLES, BOTH))}")
    return (text,)


def _registers(text: str) -> list[int]:
    found = numbers(text, 0, 65535, "--registers")
    if len(found) > REGISTERS_MAX:
        raise WrongChoice(f"--registers {text}: {len(found)} are too many in one go, at most {REGISTERS_MAX}")
    return found


def _timeout(text: str) -> float:
    try:
        return float(duration(1, 60_000).parse(text))
    except Wrong as wrong:
        raise WrongChoice(f"--timeout {text}: {wrong.message}; {wrong.hint}") from None
