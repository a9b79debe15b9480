"""[[line]]: ids and ports."""

import os
import stat
from pathlib import Path

from agent.config.findings import Findings, shown
from agent.config.model import LineSettings
from agent.config.network import check_keys, medium_of, network_address
from agent.config.table_reader import Row
from hal import usb
from hal.errors import PortError
from hal.usb import listed, usb_serial

__all__ = ["check_ids", "check_ports", "read_lines"]


def check_ids(rows: list[Row], findings: Findings) -> None:
    """Each id once."""
    seen = set()
    for row in rows:
        if row["id"] in seen:
            findings.error(row.at("id"), f"{shown(row['id'])} stands twice", "give each its own id")
        elif row["id"] is not None:
            seen.add(row["id"])


def check_ports(rows: list[Row], findings: Findings) -> None:
    """Each port: of a kind that this version knows, there, usable, and on one line only."""
    owners: dict[str, Row] = {}
    for row in rows:
        port = row["port"]
        if medium_of(row):
            _check_network(row, owners, findings)
            continue
        if port is None:
            continue
        found = _device_of(port, row, findings) if port not in owners else None
        device = os.path.realpath(found) if found else port
        if device in owners:
            also = "" if device == port else f" ({device})"
            message = f"{port}{also} is the port of line {owners[device]['id']} already"
            findings.error(row.at("port"), message, "two masters on one line destroy each other's frames")
            continue
        owners[device] = row
        if found:
            _check_device(Path(found), row, findings)


def _check_network(row: Row, owners: dict[str, Row], findings: Findings) -> None:
    check_keys(row, findings)
    address = network_address(row, "port", findings)
    if address is None:
        return
    where = f"{address.host}:{address.port}"
    owner = owners.setdefault(where, row)
    if owner is not row:
        hint = "put its instruments on that line: one connection carries them all"
        findings.error(row.at("port"), f"{where} is the port of line {owner['id']} already", hint)


def _device_of(port: str, row: Row, findings: Findings) -> str | None:
    """The device that a port names; None where it names none now, which is reported."""
    serial_number = usb_serial(port)
    if serial_number is None:
        if port.startswith("/"):
            return port
        hint = 'as in "/dev/ttyUSB0", or "usb:FT4X1234" for the adapter with that serial number'
        findings.error(row.at("port"), f"{shown(port)} is no device path", hint)
    elif not serial_number:
        findings.error(row.at("port"), "a USB serial number is missing", listed(usb.SYSTEM.adapters()))
    else:
        try:
            return usb.SYSTEM.find(serial_number)
        except PortError as error:
            findings.warn(row.at("port"), f"{shown(port)}: {error.what}", error.hint)
    return None


def _check_device(port: Path, row: Row, findings: Findings) -> None:
    try:
        mode = port.stat().st_mode
    except FileNotFoundError:
        hint = "`ls -l /dev/serial/by-id` shows what is plugged in"
        findings.warn(row.at("port"), f"{port} does not exist now", hint)
        return
    except OSError as error:
        findings.warn(row.at("port"), f"{port} cannot be reached: {error.strerror}")
        return
    if not stat.S_ISCHR(mode):
        findings.error(row.at("port"), f"{port} is not a serial device", 'as in "/dev/ttyUSB0"')
    elif not os.access(port, os.R_OK | os.W_OK, effective_ids=True):
        findings.warn(
            row.at("port"),
            f"no permission to read and write {port}",
            "`sudo usermod -aG dialout USER` for the agent's user, then log in again",
        )


def read_lines(rows: list[Row]) -> tuple[LineSettings, ...]:
    """Only for rows without errors."""
    lines = []
    for row in rows:
        data_bits, parity, stop_bits = row["framing"]
        lines.append(
            LineSettings(
                id=row["id"],
                port=row["port"],
                baud=row["baud"],
                data_bits=data_bits,
                parity=parity,
                stop_bits=stop_bits,
                echo=row["echo"],
                low_latency=row["low_latency"],
                direction=row["direction"],
            )
        )
    return tuple(lines)
