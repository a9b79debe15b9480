"""The drivers that instruments name: the catalogue's, and profiles of the user's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.config.findings import Finding, Findings, nearest, shown
from agent.config.table_reader import Row
from agent.config.toml_file import TomlFile, read_toml
from drivers import catalogue
from drivers.profile import KEYS, faults

__all__ = ["Drivers", "KnownDriver", "examine_profile", "open_driver"]

PROFILE_SUFFIX = ".toml"


@dataclass(frozen=True)
class KnownDriver:
    """A driver that can be used. profile: the register map, or None for one written in Python.

    settings: dicts with name, type, help and perhaps choices. addresses: lowest and highest,
    None where the protocol has none. shared_line: whether others may be on its line. device_class: of
    drivers.profile.CLASSES, "" where a profile of the user's own does not say.
    """

    name: str
    profile: dict[str, Any] | None
    settings: tuple[dict[str, Any], ...]
    addresses: tuple[int, int] | None
    shared_line: bool
    protocol: str
    device_class: str = ""


class Drivers:
    """Finds drivers by what the station file calls them; each profile is read once.

    base: the folder that profiles are relative to.
    """

    def __init__(self, base: Path) -> None:
        self._base = base
        self._named: dict[str, KnownDriver] = {}
        self._profiles: dict[Path, tuple[TomlFile, KnownDriver | None]] = {}

    def named_by(self, row: Row, findings: Findings) -> KnownDriver | None:
        """The driver of an instrument; None where there is none, which is reported."""
        name = row["driver"]
        if name is None:
            return None
        if name.endswith(PROFILE_SUFFIX):
            return self._from_profile(self._base / name, row, findings)
        if name not in catalogue.names():
            known = "`fenceline drivers` lists them"  # too many by now for a message
            close = nearest(name, catalogue.names(), list_all=False)
            hint = f"{close} {known}" if close else f"{known}; or a path ending in .toml"
            findings.error(row.at("driver"), f"there is no driver {shown(name)}", hint)
            return None
        if name not in self._named:
            self._named[name] = _named(name)
        return self._named[name]

    def findings(self) -> list[Finding]:
        """What is wrong in the profiles, each in its own file."""
        return [finding for file, _ in self._profiles.values() for finding in file.listed()]

    def _from_profile(self, path: Path, row: Row, findings: Findings) -> KnownDriver | None:
        if not path.is_file() and path not in self._profiles:
            hint = f"a profile is sought relative to this file: {path.absolute()}"
            findings.error(row.at("driver"), f"there is no profile {shown(row['driver'])}", hint)
            return None
        if path not in self._profiles:
            file = read_toml(path)
            self._profiles[path] = file, _checked(file)
        file, driver = self._profiles[path]
        if driver is None:
            findings.error(row.at("driver"), f"profile {row['driver']} has errors, see there")
        return driver


def open_driver(name: str) -> tuple[KnownDriver | None, list[str]]:
    """The driver of that name, or of the profile at that path; None with what a person is told instead."""
    if name.endswith(PROFILE_SUFFIX):
        driver, findings = examine_profile(Path(name))
        return driver, [str(finding) for finding in findings]
    if name in catalogue.names():
        return _named(name), []
    known = "`fenceline drivers` lists them; or a path ending in .toml"
    close = nearest(name, catalogue.names(), list_all=False)
    hint = f"{close} {known}" if close else known
    return None, [f"there is no driver {shown(name)}\n  hint: {hint}"]


def examine_profile(path: Path) -> tuple[KnownDriver | None, list[Finding]]:
    """The driver of a profile file, and everything that is wrong with it."""
    file = read_toml(path)
    driver = _checked(file)
    return driver, file.listed()


def _named(name: str) -> KnownDriver:
    """A driver of the catalogue."""
    about = catalogue.describe(name)
    profile = catalogue.load_profile(name) if about.kind == "profile" else None
    return KnownDriver(
        name,
        profile,
        about.settings,
        about.addresses,
        about.shared_line,
        about.protocol,
        about.about["class"],
    )


def _checked(file: TomlFile) -> KnownDriver | None:
    """The driver of a profile file; None where it has faults, which are in `file` then."""
    if file.tables is None:
        return None
    sound = True
    for table, index, key, what, hint in faults(file.tables):
        place = (table,) if table == "profile" or not key else (table, index)
        meant = nearest(key, [name for name, _, _ in dict(KEYS)[table]]) if what == "unknown key" else ""
        file.findings.error((*place, key) if key else place, what, hint or meant)
        sound = False
    if not sound:
        return None
    return KnownDriver(
        str(file.path),
        file.tables,
        tuple(file.tables.get("setting", ())),
        catalogue.MODBUS_ADDRESSES,
        shared_line=True,
        protocol="modbus",
        device_class=file.tables["profile"].get("class", ""),
    )
