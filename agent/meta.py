"""What the platform is told once of this station: lines, instruments, channels, rules."""

from typing import Any

from agent.config.model import StationFile
from agent.version import VERSION
from hal.tcp_port import TCP

__all__ = ["meta_of"]


def meta_of(station: StationFile) -> dict[str, Any]:
    """The content of `.../meta`; docs/mqtt.md describes it."""
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
        "channels": [
            {"id": channel.id, "unit": channel.unit, "instrument": channel.instrument}
            for channel in station.channels
        ],
        "rules": [
            {
                "id": rule.id,
                "channel": rule.channel,
                "level": rule.level,
                "above": rule.above,
                "unit": rule.unit,
                "deadband": rule.deadband,
                "on_delay_ms": rule.on_delay_ms,
                "off_delay_ms": rule.off_delay_ms,
            }
            for rule in station.rules
        ],
    }
