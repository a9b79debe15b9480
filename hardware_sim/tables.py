"""Reading a bench's plain dicts: every value is checked where it is taken, and a fault names its place."""

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["BenchError", "Table"]


class BenchError(Exception):
    """What is wrong in a bench, where, and what to do: `instrument pid-1: baud: ...`."""

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where, self.what, self.hint = where, what, hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class Table:
    """One dict of the bench and its place in it.

    Each getter raises BenchError naming the key; `default` makes the key optional. `close`
    refuses keys that nobody took, so that a typing error never passes for a default.
    """

    def __init__(self, row: object, where: str) -> None:
        if not isinstance(row, Mapping):
            raise BenchError(where, f"{row!r} is not a table")
        self.row: Mapping[str, Any] = row
        self.where = where
        self._taken: set[str] = set()

    def wrong(self, key: str, what: str, hint: str = "") -> BenchError:
        return BenchError(f"{self.where}: {key}", what, hint)

    def get(self, key: str, default: Any = ...) -> Any:
        """The value as it stands. None stands for "not given": a normalised dict has every key."""
        self._taken.add(key)
        value = self.row.get(key)
        if value is None:
            value = default
        if value is ...:
            raise self.wrong(key, "missing")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        value = self.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, f"{value!r} is not a text")
        return value

    def number(self, key: str, default: Any = ..., low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within low..high."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(key, f"{value!r} is not a number")
        if not low <= value <= high:
            raise self.wrong(key, f"{value!r} is not within {low:g}..{high:g}")
        return value

    def whole(self, key: str, default: Any = ..., low: int = 0, high: int = 65535) -> int:
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, f"{value!r} is not a whole number")
        if not low <= value <= high:
            raise self.wrong(key, f"{value} is not within {low}..{high}")
        return value

    def truth(self, key: str, default: bool) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"{value!r} is neither true nor false")
        return value

    def rows(self, key: str) -> list[Any]:
        """A list; [] where the key is missing."""
        value = self.get(key, [])
        if not isinstance(value, list | tuple):
            raise self.wrong(key, f"{value!r} is not a list")
        return list(value)

    def table(self, key: str) -> "Table":
        """A table within; empty where the key is missing."""
        return Table(self.get(key, {}), f"{self.where}: {key}")

    def close(self) -> None:
        for key in self.row:
            if key not in self._taken:
                known = ", ".join(sorted(self._taken))
                raise self.wrong(key, "unknown key", f"known are {known}")
