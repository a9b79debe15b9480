"""What a record means: who is asked, what is read or written, what came back, in a person's words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from drivers.wire.modbus_frames import frame_at, pdu_of, say_answer, say_request
from hardware_sim.capture import Entry, Header
from tools.trace.values import Values

__all__ = ["Frame", "Instruments", "framed", "text_of"]

CONTROLS = {
    1: "SOH",
    2: "STX",
    3: "ETX",
    4: "EOT",
    5: "ENQ",
    6: "ACK",
    10: "LF",
    13: "CR",
    21: "NAK",
    27: "ESC",
}


class Frame(NamedTuple):
    """A record with its meaning. utc_ms: of its first byte; instrument: "" where nobody known."""

    entry: Entry
    utc_ms: float
    instrument: str
    meaning: str

    def as_dict(self) -> dict[str, Any]:
        """One line of `trace --json`: docs/trace.md."""
        entry = self.entry
        return {
            "kind": "frame",
            "t": round(self.utc_ms, 3),
            "dir": "out" if entry.sent else "in",
            "verdict": entry.verdict,
            "address": entry.address,
            "instrument": self.instrument or None,
            "gap_ms": _ms(entry.gap_ms),
            "wire_ms": _ms(entry.end_ms - entry.at_ms),
            "rtt_ms": _ms(entry.rtt_ms),
            "length": len(entry.data),
            "hex": entry.data.hex(),
            "meaning": self.meaning or None,
            "detail": entry.detail or None,
        }


class Instruments:
    """Who is at which address of the line, and what they were asked."""

    def __init__(self, header: Header) -> None:
        self._names: Mapping[int | str, str] = {address: name for name, address, _ in header.instruments}
        self.values = Values(header)

    def name(self, address: int | str | None) -> str:
        return "" if address is None else self._names.get(address, "")


def framed(entries: Iterable[Entry], instruments: Instruments, start_utc_ms: float) -> Iterator[Frame]:
    """Each entry with its meaning. Noise that holds whole Modbus frames is another master's traffic."""
    for whole in entries:
        for entry in _foreign(whole) if whole.verdict == "noise" else (whole,):
            address, meaning = _meaning(entry, instruments.values)
            if entry.address is None and address is not None:
                entry = entry._replace(address=address)  # noqa: PLW2901 - the same one, told by its frame
            yield Frame(entry, start_utc_ms + entry.at_ms, instruments.name(entry.address), meaning)


def _foreign(noise: Entry) -> Iterator[Entry]:
    """The noise cut into whole frames and what lies between; its time shared out by bytes."""
    data, start, at = noise.data, 0, 0
    byte_ms = (noise.end_ms - noise.at_ms) / len(data)

    def cut(begin: int, end: int, verdict: str) -> Entry:
        gap_ms = noise.gap_ms if begin == 0 else 0.0
        at_ms, end_ms = noise.at_ms + begin * byte_ms, noise.at_ms + end * byte_ms
        return Entry(at_ms, end_ms, verdict, data[begin:end], gap_ms=gap_ms)

    while at < len(data):
        found = frame_at(data[at:])
        if found is None or not found[0]:
            at += 1
            continue
        if at > start:
            yield cut(start, at, "noise")
        at += found[0]
        yield cut(at - found[0], at, "foreign")
        start = at
    if start < len(data):
        yield cut(start, len(data), "noise")


def _meaning(entry: Entry, values: Values) -> tuple[int | None, str]:
    """(address in the frame, words); None and text, or nothing, where it is no Modbus frame."""
    found = pdu_of(entry.data)
    if found is None:
        return None, "" if entry.verdict == "noise" else text_of(entry.data)
    address, pdu = found
    if entry.verdict == "foreign":
        said = frame_at(entry.data)
        is_request = said is not None and "request" in said[1]
    else:
        is_request = entry.sent or entry.verdict == "echo"
    if entry.sent:
        values.ask(address, pdu)
    known = values.answered(address, pdu) if entry.verdict == "answered" else ""
    return address, known or (say_request if is_request else say_answer)(pdu)


def text_of(data: bytes) -> str:
    """The bytes as text with control characters by name; "" where they are not text."""
    odd = sum(not 32 <= byte < 127 and byte not in CONTROLS for byte in data)
    if not data or odd > len(data) // 8:
        return ""
    return "".join(
        chr(byte) if 32 <= byte < 127 else f"<{CONTROLS.get(byte, f'{byte:02X}')}>" for byte in data
    )


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
