"""The named drivers: profiles in `profiles/` and the Python drivers listed here.

The gateway's side only: a board is given its profiles as dicts and knows its driver.
"""

import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from drivers.exchange import Conversation, Request
from drivers.registers import RegisterDriver
from drivers.wire.modbus_rtu import RtuRequest

if TYPE_CHECKING:
    from drivers.registers import Framing

__all__ = [
    "Description",
    "Driver",
    "create",
    "describe",
    "load_profile",
    "load_relay",
    "names",
    "relay_names",
]

PROFILES = Path(__file__).parent / "profiles"
RELAYS = Path(__file__).parent / "relays"  # as drivers.relay_module describes them
PYTHON_DRIVERS = {
    "adam-4017": ("drivers.adam_4017", "Adam4017"),
    "thermo-5030i": ("drivers.thermo_5030i", "Thermo5030i"),
}
MODBUS_ADDRESSES = (1, 247)


class Driver(Protocol):
    """One instrument: its channels as (name, unit), and what it can be asked."""

    channels: tuple[tuple[str, str], ...]

    def questions(self) -> tuple[Request, ...]: ...
    def measure(self) -> Conversation: ...


class Description(NamedTuple):
    """What a named driver is. kind: "profile" or "python"; path: its file.

    settings: dicts with name, type, help and perhaps choices, all required. addresses: the
    lowest and highest, or None where the protocol has none. shared_line: whether others may
    be on its line.
    """

    name: str
    kind: str
    path: Path
    settings: tuple[dict[str, Any], ...]
    protocol: str
    addresses: tuple[int, int] | None
    shared_line: bool


def names() -> tuple[str, ...]:
    """Every named driver, in alphabetical order."""
    return tuple(sorted([path.stem for path in PROFILES.glob("*.toml")] + list(PYTHON_DRIVERS)))


def describe(name: str) -> Description:
    """Raises KeyError for an unknown name."""
    if name in PYTHON_DRIVERS:
        module = import_module(PYTHON_DRIVERS[name][0])
        return Description(
            name=name,
            kind="python",
            path=Path(str(module.__file__)),
            settings=module.SETTINGS,
            protocol=module.PROTOCOL,
            addresses=module.ADDRESSES,
            shared_line=module.SHARED_LINE,
        )
    return Description(
        name=name,
        kind="profile",
        path=PROFILES / f"{name}.toml",
        settings=tuple(load_profile(name).get("setting", ())),
        protocol="modbus",
        addresses=MODBUS_ADDRESSES,
        shared_line=True,
    )


def load_profile(name: str) -> dict[str, Any]:
    """The profile as plain dicts. Raises KeyError where no profile has this name."""
    path = PROFILES / f"{name}.toml"
    if name not in names() or not path.exists():
        raise KeyError(name)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def create(
    driver: str | dict[str, Any], address: int, settings: dict[str, Any], framing: "Framing" = RtuRequest
) -> Driver:
    """The driver of one instrument, by name or from a profile already loaded.

    framing: how its line carries Modbus; other protocols take no notice of it.
    Raises KeyError for an unknown name, ValueError for an address or a setting that does not fit.
    """
    if isinstance(driver, dict):
        return RegisterDriver(address, driver, settings, framing)
    if driver in PYTHON_DRIVERS:
        module, class_name = PYTHON_DRIVERS[driver]
        made: Driver = getattr(import_module(module), class_name)(address, settings)
        return made
    return RegisterDriver(address, load_profile(driver), settings, framing)


def relay_names() -> tuple[str, ...]:
    """Every named relay module, in alphabetical order."""
    return tuple(sorted(path.stem for path in RELAYS.glob("*.toml")))


def load_relay(name: str) -> dict[str, Any]:
    """The module's [relay] table. Raises KeyError for an unknown name."""
    if name not in relay_names():
        raise KeyError(name)
    relay: dict[str, Any] = tomllib.loads((RELAYS / f"{name}.toml").read_text(encoding="utf-8"))["relay"]
    return relay
