"""What a table of the station file consists of: keys, each with its kind, its default, and a word on it."""

from dataclasses import dataclass

from agent.config.values import Kind

__all__ = ["Key", "Table"]


@dataclass(frozen=True)
class Key:
    """One key. default: as written in the file, None where there is none; bench: for `sim` alone."""

    name: str
    kind: Kind
    help: str
    example: str
    required: bool = False
    default: str | int | float | bool | None = None
    bench: bool = False


@dataclass(frozen=True)
class Table:
    """One table. many: written [[name]]; or_many: once as [name] or several times as [[name]];
    required: the file is useless without it."""

    name: str
    help: str
    keys: tuple[Key, ...]
    many: bool = False
    required: bool = False
    or_many: bool = False

    @property
    def written(self) -> str:
        return f"[[{self.name}]]" if self.many else f"[{self.name}]"

    def key(self, name: str) -> Key | None:
        return next((key for key in self.keys if key.name == name), None)
