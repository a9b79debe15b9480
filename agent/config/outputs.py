"""[[output]]: what each relay drives, what drives it, and that nobody else does."""

import importlib.util
import os
import stat
from pathlib import Path
from typing import Any

from agent.config.findings import Finding, Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.model import GpioTarget, OutputSettings, RelayTarget
from agent.config.network import addresses_of, medium_of
from agent.config.table_reader import Row
from agent.config.toml_file import TomlFile, read_toml
from agent.config.values import ACKNOWLEDGED, GONE
from drivers.catalogue import load_relay, relay_names
from drivers.relay_module import DCON, MODBUS, relay_faults
from hal.tcp_port import TCP

__all__ = [
    "AGENT_FAULT",
    "ANY_ALARM",
    "ANY_FAULT",
    "RelayFiles",
    "check_alarm_on",
    "check_horns",
    "check_modules",
    "read_output",
    "targets_of",
]

ANY_ALARM, ANY_FAULT, AGENT_FAULT = WORDS = ("any alarm", "any fault", "agent fault")
HORN = "horn"
OF_MODULE = ("driver", "line", "address", "coil")
OF_GPIO = ("chip", "pin")
Target = RelayTarget | GpioTarget


class RelayFiles:
    """Finds relay modules by what the station file calls them; each file is read once."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._files: dict[Path, tuple[TomlFile, dict[str, Any] | None]] = {}

    def named_by(self, row: Row, findings: Findings) -> dict[str, Any] | None:
        """The module's [relay] table; None where there is none, which is reported."""
        name = row["driver"]
        if name is None:
            return None
        if name.endswith(".toml"):
            return self._from_file(self._base / name, row, findings)
        if name not in relay_names():
            known = ", ".join(relay_names())
            close = nearest(name, relay_names(), list_all=False)
            hint = f"{close} known are {known}" if close else f"known are {known}; or a path ending in .toml"
            findings.error(row.at("driver"), f"there is no relay module {shown(name)}", hint)
            return None
        return load_relay(name)

    def findings(self) -> list[Finding]:
        """What is wrong in the modules' files, each in its own."""
        return [finding for file, _ in self._files.values() for finding in file.listed()]

    def _from_file(self, path: Path, row: Row, findings: Findings) -> dict[str, Any] | None:
        if path not in self._files:
            if not path.is_file():
                hint = f"it is sought relative to this file: {path.absolute()}"
                findings.error(row.at("driver"), f"there is no file {shown(row['driver'])}", hint)
                return None
            file = read_toml(path)
            self._files[path] = file, _checked(file)
        relay = self._files[path][1]
        if relay is None:
            findings.error(row.at("driver"), f"{row['driver']} has errors, see there")
        return relay


def _checked(file: TomlFile) -> dict[str, Any] | None:
    if file.tables is None:
        return None
    found = list(relay_faults(file.tables))
    for path, what, hint in found:
        file.findings.error(path, what, hint)
    return None if found else file.tables["relay"]


def targets_of(
    rows: list[Row], lines: list[Row], files: RelayFiles, findings: Findings
) -> list[Target | None]:
    """What each output drives, and that no two drive the same; None where that is wrong."""
    targets = [_target(row, lines, files, findings) for row in rows]
    owners: dict[tuple[object, ...], Row] = {}
    for place, (row, target) in enumerate(zip(rows, targets, strict=True)):
        if target is None:
            continue
        key: tuple[object, ...] = (
            (target.line, target.address, target.coil)
            if isinstance(target, RelayTarget)
            else (target.chip, target.pin)
        )
        owner = owners.setdefault(key, row)
        if owner is not row:
            at = row.at("coil" if isinstance(target, RelayTarget) else "pin")
            findings.error(at, f"output {owner['id']} drives this relay already", "give each its own")
            targets[place] = None
    return targets


def _target(row: Row, lines: list[Row], files: RelayFiles, findings: Findings) -> Target | None:
    module = [key for key in OF_MODULE if key in row.given]
    gpio = [key for key in (*OF_GPIO, "active") if key in row.given]
    if module and gpio:
        findings.error(
            row.at(gpio[0]), f"both a GPIO pin and `{module[0]}`", "a relay is driven by one of them"
        )
        return None
    if not module and not gpio:
        hint = 'a relay module: driver, line, address and coil; or GPIO: chip = "/dev/gpiochip0" and pin = 17'
        findings.error(row.at("driver"), "nothing to drive", hint)
        return None
    missing = [key for key in (OF_MODULE if module else OF_GPIO) if key not in row.given]
    for key in missing:
        beside = ", ".join(OF_MODULE if module else OF_GPIO)
        findings.error(row.at(key), "missing", f"it takes all of {beside}")
    target = _module(row, lines, files, findings) if module else _gpio(row, findings)
    return None if missing else target


def _module(row: Row, lines: list[Row], files: RelayFiles, findings: Findings) -> RelayTarget | None:
    relay = files.named_by(row, findings)
    ids = [line["id"] for line in lines if line["id"] is not None]
    sound = relay is not None
    if row["line"] is not None and row["line"] not in ids:
        hint = nearest(row["line"], ids) or "there is no [[line]] yet"
        findings.error(row.at("line"), f"there is no line {shown(row['line'])}", hint)
        sound = False
    medium = {line["id"]: medium_of(line) for line in lines}.get(row["line"], "")
    protocol = MODBUS if relay is None else relay.get("protocol", MODBUS)
    low, high = (0, 255) if protocol == DCON else addresses_of(medium)
    if row["address"] is not None and not low <= row["address"] <= high:
        findings.error(
            row.at("address"), f"{row['address']} is no {protocol} address", f"it is within {low}..{high}"
        )
        sound = False
    if protocol == DCON and medium == TCP:
        message = f"{row['driver']} speaks dcon, and a tcp:// line carries Modbus TCP alone"
        findings.error(row.at("line"), message, "rtu+tcp:// carries it")
        sound = False
    for key in ("host_watchdog", "checksum"):
        if relay is not None and protocol == MODBUS and key in row.given:
            findings.error(row.at(key), f"{relay['name']} has none", "leave it out")
            sound = False
    if relay is not None and row["coil"] is not None and row["coil"] >= relay["coils"]:
        hint = f"{relay['name']} has {relay['coils']} relays, 0..{relay['coils'] - 1}"
        findings.error(row.at("coil"), f"there is no relay {row['coil']}", hint)
        sound = False
    keys = ("line", "address", "coil", "timeout", "checksum", "host_watchdog")
    if not sound or relay is None or any(row[key] is None for key in keys):
        return None
    return RelayTarget(
        line=row["line"],
        address=row["address"],
        coil=row["coil"],
        driver=row["driver"],
        relay=relay,
        timeout_ms=row["timeout"],
        medium=medium,
        checked=row["checksum"],
        watch_ms=row["host_watchdog"],
    )


def _gpio(row: Row, findings: Findings) -> GpioTarget | None:
    if None in (row["chip"], row["pin"], row["active"]):
        return None
    if importlib.util.find_spec("gpiod") is None:
        hint = "pip install 'fenceline[gpio]' into the agent's environment"
        findings.error(row.at("chip"), "GPIO needs the library gpiod, which is not installed", hint)
    if row["chip"].startswith("/"):
        _check_chip(row["chip"], row, findings)
    return GpioTarget(row["chip"], row["pin"], row["active"] == "low")


def _check_chip(chip: str, row: Row, findings: Findings) -> None:
    """Of the box, not of the file: a warning."""
    at = row.at("chip")
    try:
        mode = os.stat(chip).st_mode
    except OSError as error:
        gone = (
            "does not exist now"
            if isinstance(error, FileNotFoundError)
            else f"cannot be reached: {error.strerror}"
        )
        findings.warn(at, f"{chip} {gone}", "`gpiodetect` shows what this box has")
        return
    if not stat.S_ISCHR(mode):
        findings.warn(at, f"{chip} is not a device", 'as in "/dev/gpiochip0"')
    elif not os.access(chip, os.R_OK | os.W_OK, effective_ids=True):
        hint = "`sudo usermod -aG gpio USER` for the agent's user, then log in again"
        findings.warn(at, f"no permission to use {chip}", hint)


def check_modules(
    rows: list[Row], targets: list[Target | None], instruments: list[Instrument], findings: Findings
) -> None:
    """A module shares its address with no instrument, and its outputs call it by one name.

    Whoever's answers do not name him, module or instrument, shares his line with nobody.
    """
    polled = {
        (each.row["line"], each.row["address"]): each.row["id"]
        for each in instruments
        if each.row["address"] is not None
    }
    alone = {
        each.row["line"]: each.row["driver"]
        for each in instruments
        if each.driver and not each.driver.shared_line
    }
    named: dict[tuple[str, int], str] = {}
    for row, target in zip(rows, targets, strict=True):
        if not isinstance(target, RelayTarget):
            continue
        place = (target.line, target.address)
        if place in polled:
            message = f"{target.address} is the address of instrument {polled[place]}, on the same line"
            findings.error(row.at("address"), message, "give the module another one")
        driver = named.setdefault(place, target.driver)
        if driver != target.driver:
            message = f"another output calls the module at address {target.address} {shown(driver)}"
            findings.error(row.at("driver"), message, "one module, one driver")
        if target.line in alone:
            message = f"{alone[target.line]} is on line {target.line}, which cannot share it with others"
            findings.error(row.at("line"), message, "put the module on another line")
    for row, target in zip(rows, targets, strict=True):
        if not isinstance(target, RelayTarget) or target.relay.get("protocol") != DCON:
            continue
        others = {address for line, address in named if line == target.line} - {target.address}
        if others or any(each.row["line"] == target.line for each in instruments):
            message = (
                f"{target.driver} cannot share line {target.line} with others: its answers do not name it"
            )
            findings.error(row.at("line"), message, "give it a line of its own")


def check_alarm_on(rows: list[Row], rules: list[Row], findings: Findings) -> None:
    """Every name is a rule's id, or one of the words."""
    ids = [rule["id"] for rule in rules if rule["id"] is not None]
    for row in rows:
        for place, name in enumerate(row["alarm_on"] or ()):
            if name not in ids and name not in WORDS:
                hint = nearest(name, [*ids, *WORDS])
                findings.error(row.at("alarm_on", place), f"there is no rule {shown(name)}", hint)
        if ANY_ALARM in (row["alarm_on"] or ()) and not rules:
            findings.warn(row.at("alarm_on"), "there is no [[rule]]: no alarm will ever be raised")


def check_horns(rows: list[Row], findings: Findings) -> None:
    """Nobody silences what makes no noise."""
    for row in rows:
        if "silence_for" in row.given and row["kind"] != HORN:
            findings.error(row.at("silence_for"), "this is no horn", 'kind = "horn", or leave it out')


def read_output(row: Row, target: Target) -> OutputSettings:
    """Only for a row without errors."""
    is_horn = row["kind"] == HORN
    return OutputSettings(
        id=row["id"],
        alarm_on=tuple(row["alarm_on"]),
        energised=row["energised"],
        target=target,
        fault_delay_ms=row["fault_delay"],
        is_horn=is_horn,
        until=row["until"] or (ACKNOWLEDGED if is_horn else GONE),
        silence_for_ms=row["silence_for"],
    )
