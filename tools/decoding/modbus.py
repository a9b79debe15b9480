"""A captured Modbus answer, read by a profile."""

from collections.abc import Callable
from typing import Any

from drivers.exchange import Refused, Request, WireError
from drivers.profile import BIT, BIT_TABLES, registers_of
from drivers.register_blocks import FUNCTIONS, ITEMS
from drivers.registers import RegisterDriver
from drivers.sample import Sample
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_pdu import READ_INPUT, Pdu, ReadBits, ReadRegisters
from drivers.wire.modbus_rtu import RtuRequest, with_crc
from drivers.wire.modbus_tcp import TcpRequest
from tools.decoding.result import Decoded, NotDecoded, hex_of, most_telling, value_of

__all__ = ["TABLES", "decode_modbus", "framing_of", "pdu_of"]

Framing = Callable[[int, Pdu], Request]
TABLES = {function: table for table, function in FUNCTIONS.items()}
UNSIGNED = {1: "uint16", 2: "uint32", 4: "uint64"}
MBAP_BYTES = 7
RAW = "raw"  # the unit of a number whose scale, or unit, or type nobody gave


def decode_modbus(
    profile: dict[str, Any], replies: list[bytes], request: bytes | None, settings: dict[str, Any]
) -> Decoded:
    """What the answers say. request: the question that the first of them answers.

    Raises NotDecoded, WireError, Refused, ValueError.
    """
    framing, address = framing_of(request or replies[0])
    asked = None if request is None else pdu_of(request, framing, address)
    filled, missing = _filled(profile, settings, asked, replies[0], framing)
    driver = RegisterDriver(address, filled, settings, framing)
    own: list[Pdu] = [question.pdu for question in driver.questions()]  # type: ignore[attr-defined]
    decoded = Decoded(conditions=[f"setting `{name}` is missing: raw values" for name in missing])
    raw: dict[str, int | float] = {}
    for at, reply in enumerate(replies):
        fitting = _fitting([asked] if asked is not None and at == 0 else own, reply, address, framing)
        pdu, read = fitting[0]
        if len(fitting) > 1:
            several = f"it fits {len(fitting)} of the driver's questions: --request tells which"
            decoded.conditions.append(several)
        table = TABLES[pdu.function]
        found = driver.raw_in(table, pdu.start, read)  # type: ignore[attr-defined]
        raw.update(found)
        decoded.fields.extend(_frame(reply, pdu, read, address, framing))
        decoded.fields.extend(f"{name} = {number} as it stands there" for name, number in found.items())
    decoded.samples = [_told(sample, filled) for sample in driver.samples(raw, {})]
    if not decoded.samples:
        decoded.conditions.append("none of the driver's channels is in it")
    absent = [row["name"] for row in filled["status"] if row["name"] not in raw]
    decoded.conditions.extend(f"status `{name}` is in another answer" for name in absent)
    return decoded


def framing_of(frame: bytes) -> tuple[Framing, int]:
    """How it is framed, and whose it is. RTU, unless it begins like ASCII or counts itself like TCP."""
    if frame[:1] == b":":
        try:
            return AsciiRequest, int(frame[1:3], 16)
        except ValueError:
            raise NotDecoded("no address behind the colon of Modbus ASCII") from None
    counted = frame[2:4] == b"\0\0" and int.from_bytes(frame[4:6], "big") == len(frame) - 6
    if counted and len(frame) > MBAP_BYTES and with_crc(frame[:-2]) != frame:
        number = int.from_bytes(frame[:2], "big")
        return lambda address, pdu: TcpRequest(address, pdu, number), frame[6]
    return RtuRequest, frame[0]


def pdu_of(request: bytes, framing: Framing, address: int) -> Pdu:
    """The read that these bytes ask."""
    body = bytes.fromhex(request[1:].strip().decode("ascii")) if framing is AsciiRequest else request
    at = 1 if framing in (AsciiRequest, RtuRequest) else MBAP_BYTES
    if len(body) < at + 5 or body[at] not in TABLES:
        raise NotDecoded(f"the request is no read of registers or bits: {hex_of(request)}")
    start, count = int.from_bytes(body[at + 1 : at + 3], "big"), int.from_bytes(body[at + 3 : at + 5], "big")
    kind = ReadBits if TABLES[body[at]] in BIT_TABLES else ReadRegisters
    pdu = kind(body[at], start, count)
    right = framing(address, pdu).encode()
    if right != request:
        raise NotDecoded(f"the request is damaged: it should be {hex_of(right)}")
    return pdu


def _fitting(pdus: list[Pdu], reply: bytes, address: int, framing: Framing) -> list[tuple[Pdu, Any]]:
    """The questions that it answers, each with what it says. Raises for the best reason where none."""
    found, failures = [], []
    for pdu in pdus:
        try:
            found.append((pdu, value_of(framing(address, pdu), reply)))
        except (WireError, Refused, NotDecoded) as failure:
            failures.append(failure)
    if not found:
        raise most_telling(failures)  # type: ignore[arg-type]
    return found


def _frame(reply: bytes, pdu: Any, read: Any, address: int, framing: Framing) -> list[str]:
    """The frame taken apart."""
    size = framing(address, pdu).length(reply) or len(reply)
    check = "TCP has no check of its own"
    if framing in (RtuRequest, AsciiRequest):
        check = "CRC right" if framing is RtuRequest else "LRC right"
    what = f"{ITEMS[TABLES[pdu.function]]}s {pdu.start}..{pdu.start + pdu.count - 1}"
    words = " ".join(str(int(bit)) for bit in read) if isinstance(pdu, ReadBits) else _words(read)
    lines = [f"address {address}, function {pdu.function}, {pdu.longest - 2} data bytes, {check}"]
    lines.append(f"{what}: {words}")
    if size < len(reply):
        lines.append(f"{len(reply) - size} bytes behind the answer were not looked at")
    return lines


def _words(registers: tuple[int, ...]) -> str:
    return " ".join(f"{register:04X}" for register in registers)


def _told(sample: Sample, profile: dict[str, Any]) -> Sample:
    """A raw integer stays one: 209, not 209.0."""
    if sample.unit != RAW or sample.value is None or sample.value != int(sample.value):
        return sample
    return sample._replace(value=int(sample.value))


def _filled(
    profile: dict[str, Any],
    settings: dict[str, Any],
    asked: Any,
    reply: bytes,
    framing: Framing,
) -> tuple[dict[str, Any], list[str]]:
    """The profile without its open places, and the settings that would have filled them.

    A channel with an open place says its raw number: no scale, and its bits as they stand where the
    type or the order is open.
    """
    missing = [row["name"] for row in profile.get("setting", ()) if row["name"] not in settings]
    choices = {row["name"]: row.get("choices", ()) for row in profile.get("setting", ())}
    function = asked.function if asked is not None else _function(reply, framing)
    places = {
        "table": "input" if function == READ_INPUT else "holding",
        "register": asked.start if asked is not None else 0,
        "base": 0,
    }

    def row_without(row: dict[str, Any]) -> dict[str, Any]:
        open_keys = {
            key: value[1:]
            for key, value in row.items()
            if isinstance(value, str) and value[1:] in missing and value[0] == "$"
        }
        if not open_keys:
            return row
        kept = {key: value for key, value in row.items() if key not in open_keys}
        if "name" in open_keys:
            kept["name"] = open_keys["name"]
        kept.update({key: places[key] for key in open_keys if key in places})
        if "type" in row and "length" not in row and {"type", "order"} & open_keys.keys():
            kept["type"] = _unsigned(row["type"], choices.get(open_keys.get("type", ""), ()))
        if "unit" in row:
            for key in ("scale", "divisor", "offset", "over", "decimals"):
                kept.pop(key, None)
            kept["unit"] = RAW
        return kept

    filled: dict[str, Any] = {
        table: row_without(rows) if isinstance(rows, dict) else [row_without(row) for row in rows]
        for table, rows in profile.items()
        if table not in ("setting", "command")  # a captured answer needs none
    }
    filled["setting"] = profile.get("setting", [])
    statuses = filled.get("status", [])
    if any(row["unit"] == RAW for row in filled["channel"]):  # the instrument's word for a unit nobody gave
        statuses = [_without_units(row) for row in statuses]
    return {**filled, "status": statuses}, missing


def _without_units(status: dict[str, Any]) -> dict[str, Any]:
    states = [{k: v for k, v in state.items() if k != "unit"} for state in status.get("values", ())]
    return {**status, "values": states} if states else status


def _unsigned(type_name: str, choices: Any) -> str:
    """The unsigned number of as many registers; the shortest of the choices where the type is open."""
    names = choices or ("uint16",) if type_name[:1] == "$" else (type_name,)
    count = min(registers_of(name) for name in names)
    return BIT if BIT in names else UNSIGNED[count]


def _function(reply: bytes, framing: Framing) -> int:
    at = 1 if framing is RtuRequest else MBAP_BYTES
    if framing is AsciiRequest:
        return int(reply[3:5] or b"0", 16)
    return reply[at] & 0x7F if len(reply) > at else 0
