"""What the bytes of a channel's last answer say, by the driver's own parse: its registers, its value."""

from collections.abc import Iterator, Sequence
from typing import Any

from drivers import catalogue
from drivers.exchange import Refused, WireError
from drivers.profile import resolve
from drivers.register_blocks import ITEMS, Block
from drivers.register_values import counted, span_of
from drivers.registers import RegisterDriver, stated
from tools.decoding.modbus import TABLES, framing_of, pdu_of
from tools.decoding.others import decode_others
from tools.decoding.result import NotDecoded, value_of

__all__ = ["with_wire"]

Frames = Sequence[tuple[bytes, bytes]]  # question, answer
Stage = dict[str, Any]


def with_wire(stages: list[Stage], profiles: "dict[str, dict[str, Any]]") -> list[Stage]:
    """The stages, with what the bytes mean behind them. profiles: those that stand in a file, by driver."""
    found: list[Stage] = []
    for stage in stages:
        found.append(stage)
        if stage["stage"] == "bytes" and stage.get("frames"):
            text = list(_decoded(stage, profiles.get(stage["driver"])))
            found.append({"stage": "decoded", "channel": stage["channel"], "text": text})
    return found


def _decoded(stage: Stage, profile: "dict[str, Any] | None") -> Iterator[str]:
    """Where the file has changed since the agent read it, the bytes may not fit it any more."""
    frames = [(bytes.fromhex(each["asked"]), bytes.fromhex(each["answered"])) for each in stage["frames"]]
    try:
        if profile is None and catalogue.describe(stage["driver"]).kind == "profile":
            profile = catalogue.load_profile(stage["driver"])
        if profile is not None:
            yield from registers(profile, stage["settings"], frames, stage["source"])
        else:
            yield from _fields(stage, frames)
    except (NotDecoded, WireError, Refused, ValueError, LookupError) as refusal:
        yield f"cannot be decoded: {refusal}"


def registers(profile: dict[str, Any], settings: dict[str, Any], frames: Frames, name: str) -> Iterator[str]:
    """The registers of the channel and of what flags it, and how the value comes of them."""
    whole = resolve(profile, settings)
    channel = next((row for row in whole["channel"] if row["name"] == name), None)
    if channel is None:
        raise NotDecoded(f"the station file has no channel {name} any more")
    read = {(TABLES[pdu.function], pdu.start): words for pdu, words in _parsed(frames)}
    address = framing_of(frames[0][0])[1]
    driver = RegisterDriver(address, profile, settings)
    raw: dict[str, int | float] = {}
    for (table, start), words in read.items():
        raw.update(driver.raw_in(table, start, words))
    if name not in raw:
        yield "its registers are in no answer of this poll"
        return
    yield f"{Block(channel).where()}: {_words(channel, read)}"
    yield f"as {_layout(channel)}: {raw[name]:.10g}"
    (sample,) = [each for each in driver.samples(dict(raw), {}) if each.channel == name]
    value = "no value" if sample.value is None else f"{sample.value:.9g} {sample.unit}"
    yield f"{_arithmetic(channel, raw)} = {value}"
    for status in whole["status"]:
        if name in status.get("channels", (name,)):
            yield _status(status, raw, channel["unit"], read)


def _parsed(frames: Frames) -> Iterator[tuple[Any, Any]]:
    for asked, answered in frames:
        framing, address = framing_of(asked)
        pdu = pdu_of(asked, framing, address)
        yield pdu, value_of(framing(address, pdu), answered)


def _words(row: dict[str, Any], read: "dict[tuple[str, int], Any]") -> str:
    """What stands in the row's registers, or bits."""
    for (table, start), words in read.items():
        at = row["register"] - start
        if table == row["table"] and at >= 0 and at + span_of(row) <= len(words):
            part = words[at : at + span_of(row)]
            return " ".join(
                f"{word:04X}" if row["table"] in ("holding", "input") else str(int(word)) for word in part
            )
    return "not read"


def _layout(row: dict[str, Any]) -> str:
    order = f" {row['order']}" if span_of(row) > 1 and row.get("order") else ""
    return f"{row['type']}{order}"


def _arithmetic(channel: dict[str, Any], raw: "dict[str, int | float]") -> str:
    """As in "209 / 10": what the profile does with the number."""
    number = counted(raw[channel["name"]], channel)
    text = f"{number:.10g}"
    if channel["scale"] != 1:
        text += f" x {channel['scale']:g}"
    if channel["divisor"] != 1:
        text += f" / {channel['divisor']:g}"
    if channel.get("decimals") is not None:
        text += f" / 10^decimals ({channel['decimals']} is {raw.get(channel['decimals'], 'not read')})"
    return text + (f" + {channel['offset']:g}" if channel["offset"] else "")


def _status(
    status: dict[str, Any], raw: "dict[str, int | float]", unit: str, read: "dict[tuple[str, int], Any]"
) -> str:
    name = status["name"]
    if name not in raw:
        return f"{name}: read at another poll, it stands"
    causes = [f"{flag} {condition}".rstrip() for flag, condition in stated(status, raw[name], unit)]
    where = f"{ITEMS[status['table']]} {status['register']}"
    return f"{name}, {where}: {_words(status, read)}, {', '.join(causes) or 'nothing'}"


def _fields(stage: Stage, frames: Frames) -> Iterator[str]:
    """Of a driver with a protocol of its own: what its codec reads, and the channel."""
    decoded = decode_others(
        stage["driver"], [answered for _, answered in frames], None, stage["settings"], stage["address"]
    )
    yield from decoded.fields
    for sample in decoded.samples:
        if sample.channel == stage["source"]:
            value = "no value" if sample.value is None else f"{sample.value:.9g} {sample.unit}"
            yield f"{value}, flag {sample.flag}"
