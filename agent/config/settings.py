"""An instrument's `settings`: what the driver's source leaves open is required, never guessed."""

from typing import Any

from agent.config.drivers import KnownDriver
from agent.config.findings import Findings, nearest, shown
from agent.config.table_reader import Row
from agent.config.values import TEXT, TEXTS, Kind, Wrong, number
from drivers import catalogue
from drivers.registers import faults, resolve

__all__ = ["channels_of", "check_settings"]

BIGGEST = 2**63 - 1


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > BIGGEST:
        raise Wrong(f"{shown(value)} is not a whole number")
    return value


def _names(value: Any) -> list[str]:
    names: list[str] = TEXTS.parse(value)
    if len(set(names)) < len(names):
        raise Wrong("a name stands twice")
    return names


KINDS = {
    "number": number(),
    "integer": Kind("integer", "", _whole),
    "string": TEXT,
    "list": Kind("list of texts", "", _names),
}


def check_settings(row: Row, driver: KnownDriver, findings: Findings) -> bool:
    """Whether `settings` is exactly what the driver asks for."""
    given = row["settings"] if "settings" in row.given else {}
    if given is None:
        return False
    specs = {spec["name"]: spec for spec in driver.settings}
    sound = True
    for name, value in given.items():
        if name not in specs:
            hint = nearest(name, specs) or f"{row['driver']} has no settings"
            findings.error(row.at("settings", name), "unknown setting", hint)
            sound = False
        elif not _fits(value, specs[name], row, findings):
            sound = False
    for name, spec in specs.items():
        if name not in given:
            findings.error(row.at("settings", name), "missing", _help(spec))
            sound = False
    return sound


def _fits(value: Any, spec: dict[str, Any], row: Row, findings: Findings) -> bool:
    at = row.at("settings", spec["name"])
    try:
        KINDS[spec["type"]].parse(value)
    except Wrong as wrong:
        findings.error(at, wrong.message, _help(spec))
        return False
    if "choices" in spec and value not in spec["choices"]:
        findings.error(at, f"{shown(value)} is none of {_choices(spec)}", spec["help"])
        return False
    return True


def _help(spec: dict[str, Any]) -> str:
    """What the setting means, and what it may be."""
    allowed = f"one of {_choices(spec)}" if "choices" in spec else KINDS[spec["type"]].type
    return f"{spec['name']} ({allowed}): {spec['help']}"


def _choices(spec: dict[str, Any]) -> str:
    return ", ".join(shown(choice) for choice in spec["choices"])


def channels_of(row: Row, driver: KnownDriver, address: int, findings: Findings) -> dict[str, str] | None:
    """Unit by channel of the driver as it will run; None where the settings do not make one."""
    settings = row["settings"] or {}
    if driver.profile is not None:
        # A setting may bring what the profile alone could not show: a divisor of 0, a wrong order.
        wrong = [
            f"{table} {key}: {what}"
            for table, _, key, what, _ in faults(resolve(driver.profile, settings))
            if table != "setting"
        ]
        for message in wrong:
            findings.error(row.at("settings"), f"make the profile wrong: {message}")
        if wrong:
            return None
    try:
        made = catalogue.create(driver.profile or driver.name, address, settings)
    except ValueError as error:
        findings.error(row.at("settings"), str(error))
        return None
    return dict(made.channels)
