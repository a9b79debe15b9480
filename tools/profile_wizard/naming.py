"""What things are called: channels, units, the file."""

import re
from collections.abc import Collection
from pathlib import Path

from agent.config.findings import nearest
from drivers.units import UNITS
from tools.profile_wizard.terminal import Terminal

__all__ = ["file_wanted", "name_wanted", "slug", "text_wanted", "unit_wanted"]

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
SPELLINGS = str.maketrans({"µ": "u", "μ": "u", "³": "3", "²": "2", "°": "deg", "℃": "degC", "Ω": "Ohm"})
SUFFIX = ".toml"
SETTING = "$"  # begins the name of a setting, wherever a profile has a text


async def name_wanted(terminal: Terminal, taken: Collection[str]) -> str:
    """A channel's name."""
    question, usual = "name, as in voc, pm25, temperature", ""
    while True:
        name = await terminal.ask(question, usual)
        if name in taken:
            terminal.say(f"{name} is another value's name already.")
        elif NAME.fullmatch(name):
            return name
        else:
            terminal.say("A name is small letters, digits and _, and begins with a letter.")
            usual = slug(name, "_") if NAME.fullmatch(slug(name, "_")) else ""
        question = "name"


async def text_wanted(terminal: Terminal, question: str) -> str:
    """As it stands on the nameplate, or ""."""
    while (text := await terminal.ask(question)).startswith(SETTING):
        terminal.say(f"A text cannot begin with {SETTING}: in a profile, that names a setting.")
    return text


async def unit_wanted(terminal: Terminal, typed: str) -> str:
    """One that the house knows, or what somebody insists on. typed: behind the number, or ""."""
    unit = typed
    while True:
        known = _known(unit) if unit else None
        if known is not None:
            return known
        if unit == "?":
            terminal.say(" ".join(UNITS))
        elif unit and not unit.startswith(SETTING):
            hint = nearest(unit, UNITS, list_all=False)
            terminal.say(f"{unit} is not a unit that rules and platform know. {hint}".strip())
            if await terminal.agreed(f"take {unit} all the same?", False):
                return unit
        unit = await terminal.ask("unit, as in ppm, mg/m3, degC (? lists them)")


def _known(unit: str) -> str | None:
    """As units.py spells it: PPM is ppm, but mW stays what it is, and is not MW."""
    plain = unit.translate(SPELLINGS).replace(" ", "")
    if plain in UNITS:
        return plain
    alike = [each for each in UNITS if each.lower() == plain.lower()]
    return alike[0] if len(alike) == 1 else None


async def file_wanted(terminal: Terminal, given: Path | None, usual: str) -> tuple[Path, bool]:
    """Where the profile goes, and whether what is there may be replaced."""
    path = given
    while True:
        if path is None:
            path = Path(await terminal.ask("file", usual))
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if not path.parent.is_dir():
            terminal.say(f"there is no folder {path.parent}")
        elif path.is_dir():
            terminal.say(f"{path} is a folder")
        elif not path.exists():
            return path, False
        elif await terminal.agreed(f"{path} exists. Replace it?", False):
            return path, True
        path = None


def slug(text: str, joint: str) -> str:
    """`Acme 9000 PID` as acme-9000-pid; "" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", joint, text.lower()).strip(joint)
