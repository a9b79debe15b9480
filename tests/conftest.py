"""What all tests share: which real parts are here, how long hypothesis may think, and a sysfs tree."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

from hal.usb import Usb

# Deadlines and generation time measure the machine, not the code.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100")),
)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked needs("mosquitto") is skipped by name where that is missing; under CI it fails."""
    for marker in item.iter_markers("needs"):
        for part in marker.args:
            if shutil.which(part, path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
                message = f"{part} is not installed: `make test` installs it"
                if os.environ.get("CI") == "true":
                    pytest.fail(message, pytrace=False)
                pytest.skip(message)


class PluggedIn:
    """A sysfs tree of the test's own, as the kernel keeps one of the adapters that are plugged in, each
    where a hub's socket would put it."""

    def __init__(self, root):
        self.sysfs, self.dev = root / "sys", root / "dev"
        (self.sysfs / "class/tty").mkdir(parents=True)
        self.dev.mkdir()
        self.usb = Usb(self.sysfs, self.dev)

    def plug(self, name, serial, device=None, *, product="USB-RS485 Cable", socket="1-1.2", interface=0):
        """device: what /dev/NAME leads to; serial: None for an adapter without one."""
        usb = self.sysfs / "devices/pci0000:00/usb1" / socket
        port = usb / f"{socket}:1.{interface}" / name
        (port / "tty" / name).mkdir(parents=True)
        (usb / "idVendor").write_text("0403\n")
        (usb / "product").write_text(product + "\n")
        if serial is not None:
            (usb / "serial").write_text(serial + "\n")
        (port / "tty" / name / "device").symlink_to("../..")
        (self.sysfs / "class/tty" / name).symlink_to(port / "tty" / name)
        if device is not None:
            (self.dev / name).symlink_to(device)

    def on_board(self, name):
        """A UART that is no USB device."""
        port = self.sysfs / "devices/platform/serial8250"
        (port / "tty" / name).mkdir(parents=True)
        (port / "tty" / name / "device").symlink_to("../..")
        (self.sysfs / "class/tty" / name).symlink_to(port / "tty" / name)

    def link(self, name, path):
        """A link of /dev/serial/by-path."""
        (self.dev / "serial/by-path").mkdir(parents=True, exist_ok=True)
        (self.dev / "serial/by-path" / path).symlink_to(self.dev / name)

    def unplug(self, name):
        tty = self.sysfs / "class/tty" / name
        socket = next(place for place in tty.resolve().parents if (place / "idVendor").exists())
        tty.unlink()
        shutil.rmtree(socket)
        (self.dev / name).unlink(missing_ok=True)


@pytest.fixture
def plugged_in(tmp_path):
    return PluggedIn(tmp_path)
