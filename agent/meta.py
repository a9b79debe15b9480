"""What the platform is told once of this station: lines, instruments, channels, rules."""

from typing import Any

from agent.config.conversion_model import ConversionSettings
from agent.config.model import ChannelSettings, StationFile
from agent.config.rule_words import words_of
from agent.version import VERSION
from hal.tcp_port import TCP

__all__ = ["meta_of"]


def meta_of(station: StationFile) -> dict[str, Any]:
    """The content of `.../meta`; docs/mqtt.md describes it."""
    conversions = {each.id: each for each in station.conversions}
    return {
        "version": VERSION,
        "lines": [
            {"id": line.id, "port": line.port}
            | ({} if line.medium == TCP else {"baud": line.baud, "framing": line.framing})
            for line in station.lines
        ],
        "instruments": [
            {
                "id": instrument.id,
                "driver": instrument.driver,
                "line": instrument.line,
                "address": instrument.address,
                "area": instrument.area,
                "every_ms": instrument.every_ms,
            }
            for instrument in station.instruments
        ],
        "channels": [_channel(channel, conversions.get(channel.id)) for channel in station.channels],
        "rules": [
            {
                "id": rule.id,
                "channel": rule.channel,
                "kind": rule.kind,
                "on": rule.on,
                "words": words_of(rule),
                "level": rule.level,
                "above": rule.above,
                "below": rule.below,
                "unit": rule.unit,
                "deadband": rule.deadband,
                "on_delay_ms": rule.on_delay_ms,
                "off_delay_ms": rule.off_delay_ms,
                "latch": rule.latch,
                "suppress_when": None if rule.suppress_when is None else str(rule.suppress_when),
            }
            for rule in station.rules
        ],
    }


def _channel(channel: ChannelSettings, conversion: ConversionSettings | None) -> dict[str, Any]:
    """marks, and what it is computed from and how, only where there is some."""
    row: dict[str, Any] = {"id": channel.id, "unit": channel.unit, "instrument": channel.instrument}
    if channel.marks:
        row["marks"] = list(channel.marks)
    if conversion is not None:
        row["conversion"] = _conversion(conversion)
    return row


def _conversion(conversion: ConversionSettings) -> dict[str, Any]:
    return {
        "channel": conversion.channel,
        "factors": [step._asdict() for step in conversion.factors],
        "inputs": {each.role: each.channel for each in conversion.inputs} | dict(conversion.constants),
        "compound": conversion.compound,
        "state": conversion.state,
        "dry": conversion.is_dry,
        "base_o2": conversion.base_o2,
    }
