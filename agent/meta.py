"""What the platform is told once of this station: lines, instruments, channels, rules."""

from collections.abc import Iterable
from typing import Any

from agent.config.model import StationFile
from agent.polling import Poller
from agent.version import VERSION
from hal.tcp_port import TCP

__all__ = ["meta_of"]


def meta_of(station: StationFile, pollers: Iterable[Poller]) -> dict[str, Any]:
    """The content of `.../meta`; docs/mqtt.md describes it."""
    pollers = list(pollers)
    return {
        "version": VERSION,
        "lines": [
            {"id": line.id, "port": line.port}
            | ({} if line.medium == TCP else {"baud": line.baud, "framing": line.framing})
            for line in station.lines
        ],
        "instruments": [
            {
                "id": poller.settings.id,
                "driver": poller.settings.driver,
                "line": poller.settings.line,
                "address": poller.settings.address,
                "area": poller.settings.area,
                "every_ms": poller.settings.every_ms,
            }
            for poller in pollers
        ],
        "channels": [
            {"id": f"{poller.settings.id}.{name}", "unit": unit, "instrument": poller.settings.id}
            for poller in pollers
            for name, unit in poller.driver.channels
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
