"""An instrument's `settings`: what the driver's source leaves open is required, never guessed."""

from collections.abc import Iterator
from typing import Any

from agent.config.drivers import KnownDriver
from agent.config.findings import Findings, nearest, shown
from agent.config.table_reader import Row
from agent.config.values import TEXT, TEXTS, WHOLE, Kind, Wrong, number
from drivers import catalogue
from drivers.registers import faults, resolve

__all__ = ["channels_of", "check_settings", "from_texts"]


def _names(value: Any) -> list[str]:
    names: list[str] = TEXTS.parse(value)
    if len(set(names)) < len(names):
        raise Wrong("a name stands twice")
    return names


KINDS = {
    "number": number(),
    "integer": WHOLE,
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
        wrong = list(dict.fromkeys(_wrong_by_settings(driver.profile, settings)))  # each word once
        for path, message in wrong:
            findings.error(row.at("settings", *path), message)
        if wrong:
            return None
    try:
        made = catalogue.create(driver.profile or driver.name, address, settings)
    except ValueError as error:
        findings.error(row.at("settings"), str(error))
        return None
    return dict(made.channels)


def _wrong_by_settings(
    profile: dict[str, Any], settings: dict[str, Any]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """(the setting, what it does to the profile) of a profile that was sound before."""
    for table, index, key, what, _ in faults(resolve(profile, settings)):
        rows = profile[table] if isinstance(profile[table], list) else [profile[table]]
        if key and key not in rows[index]:
            continue  # a default, such as the order of a bit, which has none
        written = rows[index].get(key)
        if key == "register" and not isinstance(written, str):
            written = profile["profile"].get("base")  # a register that is wrong only now was moved by it
        if isinstance(written, str) and written.startswith("$"):
            yield (written[1:],), f"as the {key} of a {table}: {what}"
        else:
            yield (), f"make the {key} of a {table} wrong: {what}"


def from_texts(driver: KnownDriver, texts: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Settings given as `key=value` on a command line, and what is wrong with them. Not all need be there.

    A list is written with commas.
    """
    specs = {spec["name"]: spec for spec in driver.settings}
    settings: dict[str, Any] = {}
    wrong = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            wrong.append(f"{shown(text)}: write key=value")
        elif key not in specs:
            hint = nearest(key, specs) or "the driver has none"
            wrong.append(f"{key}: unknown setting; {hint}")
        else:
            try:
                settings[key] = _from_text(value, specs[key])
            except Wrong as failure:
                wrong.append(f"{text}: {failure.message}; {_help(specs[key])}")
    if not wrong and driver.profile is not None and len(settings) == len(specs):
        wrong = [
            " ".join([*path, what])
            for path, what in dict.fromkeys(_wrong_by_settings(driver.profile, settings))
        ]
    return settings, wrong


def _from_text(text: str, spec: dict[str, Any]) -> Any:
    value: Any = text.split(",") if spec["type"] == "list" else text
    if spec["type"] in ("number", "integer"):
        try:
            value = float(text) if "." in text or "e" in text.lower() else int(text)
        except ValueError:
            raise Wrong(f"{shown(text)} is no number") from None
    value = KINDS[spec["type"]].parse(value)
    if "choices" in spec and value not in spec["choices"]:
        raise Wrong(f"{shown(value)} is none of {_choices(spec)}")
    return value
