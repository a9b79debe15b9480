"""The named relay modules: one file each, as drivers.relay_module describes it. The gateway's side only."""

import tomllib
from pathlib import Path
from typing import Any

__all__ = ["load", "names"]

FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """Every named relay module, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str) -> dict[str, Any]:
    """The module's [relay] table. Raises KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    relay: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["relay"]
    return relay
