"""Lines over TCP: what their `port` names, and which keys mean nothing there."""

from agent.config.findings import Findings, shown
from agent.config.table_reader import Row
from drivers.catalogue import MODBUS_ADDRESSES
from hal.tcp_port import KINDS, TCP, TcpAddress, tcp_address

__all__ = ["EXAMPLE", "LOOPBACK", "TCP_UNITS", "addresses_of", "check_keys", "medium_of", "network_address"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
TCP_UNITS = (0, 255)  # Modbus Messaging on TCP/IP V1.0b, 4.4.2.2: 255 and 0 are a device by itself
EXAMPLE = 'as in "tcp://192.168.1.10:502" for Modbus TCP, "rtu+tcp://192.168.1.10:4001" for a device server'
# What a device on this box has, and what a serial line has.
DEVICE_KEYS = ("low_latency", "direction")
SERIAL_KEYS = ("baud", "framing", "echo")


def network_address(row: Row, key: str, findings: Findings) -> TcpAddress | None:
    """The address that this key of a [[line]] names, None where it names none; a fault is reported."""
    if row[key] is None:
        return None
    try:
        return tcp_address(row[key])
    except ValueError as error:
        findings.error(row.at(key), f"{shown(row[key])}: {error}", EXAMPLE)
        return None


def medium_of(row: Row) -> str:
    """What a [[line]] runs over, its port right or wrong: "tcp", "rtu+tcp", "udp"; "" for a serial device."""
    kind, mark, _ = (row.get("listen") or row["port"] or "").partition("://")
    return kind if mark and kind in KINDS else ""


def addresses_of(medium: str) -> tuple[int, int]:
    """The lowest and highest address of a Modbus instrument there."""
    return TCP_UNITS if medium == TCP else MODBUS_ADDRESSES


def check_keys(row: Row, findings: Findings) -> None:
    """Keys of a [[line]] that mean nothing on its medium."""
    medium = medium_of(row)
    if medium:
        for key in DEVICE_KEYS:
            if key in row.given:
                message = f"means nothing on a {medium}:// line: no adapter is on this box"
                findings.error(row.at(key), message, "leave it out")
    if medium == TCP:
        for key in SERIAL_KEYS:
            if key in row.given:
                message = f"means nothing on a {medium}:// line: a serial line behind it is the gateway's own"
                hint = "leave it out; a device server that passes a serial line on is rtu+tcp://"
                findings.error(row.at(key), message, hint)
