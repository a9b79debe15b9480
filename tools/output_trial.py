"""A test of outputs as a person follows it: each relay seen in its alarm position, and back again. Pure."""

from collections.abc import Iterator
from typing import Any

__all__ = ["Trial"]

ALARM, TEST = "alarm", "test"  # positions, as agent.outputs has them


class Trial:
    """rows: as the agent answered when the test began."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._shown = {row["id"]: False for row in rows}
        self._over = dict.fromkeys(self._shown, False)

    @property
    def is_over(self) -> bool:
        """Whether every output is back, or stays where an alarm put it."""
        return all(self._over.values())

    @property
    def has_passed(self) -> bool:
        """Whether every one was read back in its alarm position, and is over."""
        return self.is_over and all(self._shown.values())

    def look(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        """What there is to say of these rows, taken later."""
        for row in rows:
            name = row["id"]
            if self._over.get(name, True) or row["confirmed"] != row["wanted"]:
                continue
            state = "energised" if row["wanted"] else "let go"
            if row["position"] in (ALARM, TEST) and not self._shown[name]:
                self._shown[name] = True
                left = "" if row["by_hand_s"] is None else f", for {row['by_hand_s']:.0f} s"
                yield f"{name}: {state}, confirmed{left}"
            if row["position"] == ALARM:
                self._over[name] = True
                yield f"{name}: stays in alarm, {row['cause']}"
            elif row["position"] != TEST:
                self._over[name] = True
                yield f"{name}: back, {state}, confirmed"

    def end(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        """What is still wrong when nobody waits any longer."""
        for row in rows:
            name = row["id"]
            if not self._shown.get(name, True):
                yield f"{name}: NOT CONFIRMED in its alarm position: {row['trouble'] or 'no reason known'}"
            elif not self._over.get(name, True):
                yield f"{name}: NOT CONFIRMED to be back: {row['trouble'] or 'no reason known'}"
