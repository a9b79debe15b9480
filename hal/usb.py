"""Which serial adapters are plugged in, as the kernel tells (sysfs), and which of them has a serial number.

A device name such as /dev/ttyUSB0 goes to whichever adapter comes first; its USB serial number stays
with the adapter, so `usb:SERIAL` is looked up anew each time that a port is opened.
"""

import os
from pathlib import Path
from typing import NamedTuple

from hal.errors import PortError

__all__ = ["PREFIX", "SYSTEM", "Adapter", "Usb", "listed", "usb_serial"]

PREFIX = "usb:"
ID_FILE = "idVendor"  # every USB device has it, its interfaces and ports have not


class Adapter(NamedTuple):
    """One serial port of one adapter. serial: "" where the adapter has none."""

    device: str
    serial: str
    product: str

    def __str__(self) -> str:
        named = f"serial number {self.serial}" if self.serial else "without a serial number"
        return f"{self.product or 'unnamed adapter'}, {named}, at {self.device}"


def usb_serial(port: str) -> str | None:
    """The SERIAL of `usb:SERIAL`; None where the port is of another kind."""
    return port.removeprefix(PREFIX) if port.startswith(PREFIX) else None


class Usb:
    """The adapters of this box. Tests give roots of their own."""

    def __init__(self, sysfs: Path = Path("/sys"), dev: Path = Path("/dev")) -> None:
        self._sysfs, self._dev = sysfs, dev

    def adapters(self) -> list[Adapter]:
        """Every USB serial port that is plugged in now, by device name."""
        found = []
        for tty in sorted((self._sysfs / "class/tty").glob("tty*")):
            usb = _usb_device(tty)
            if usb is not None:
                device = str(self._dev / tty.name)
                found.append(Adapter(device, _read(usb / "serial"), _read(usb / "product")))
        return found

    def find(self, serial: str) -> str:
        """The device of the adapter with this serial number. Raises PortError: none has it, or several."""
        adapters = self.adapters()
        devices = [adapter.device for adapter in adapters if adapter.serial == serial]
        if len(devices) == 1:
            return devices[0]
        if devices:
            what = f"{len(devices)} adapters or sockets have this serial number: {', '.join(devices)}"
            raise PortError(f"port {PREFIX}{serial}", what, self._by_path(devices))
        raise PortError(
            f"port {PREFIX}{serial}", "no adapter with this serial number is plugged in", listed(adapters)
        )

    def _by_path(self, devices: list[str]) -> str:
        """The links that tell them apart by where they are plugged in."""
        folder = self._dev / "serial/by-path"
        real = [os.path.realpath(device) for device in devices]
        links = [str(link) for link in sorted(folder.glob("*")) if os.path.realpath(link) in real]
        names = ", ".join(links) if links else f"`ls -l {folder}` shows them"
        return f"name the socket instead, by its link in {folder}: {names}"


SYSTEM = Usb()


def listed(adapters: list[Adapter]) -> str:
    """What is plugged in, for a person."""
    if not adapters:
        return "no USB serial adapter is plugged in; `dmesg -w` shows whether the box notices one"
    return "plugged in: " + "; ".join(str(adapter) for adapter in adapters)


def _usb_device(tty: Path) -> Path | None:
    """The USB device behind a tty, some levels above it; None for a port on the board."""
    if not (tty / "device").exists():
        return None
    place = (tty / "device").resolve()
    return next((each for each in (place, *place.parents) if (each / ID_FILE).is_file()), None)


def _read(path: Path) -> str:
    """An attribute of sysfs; "" where there is none, or it went with its adapter."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
