"""Outputs for a person, in lines that fit a phone."""

from collections.abc import Iterator
from typing import Any

from tools.commands.common import duration

__all__ = ["outputs_text"]


def outputs_text(rows: list[dict[str, Any]]) -> Iterator[str]:
    """rows: as `status` has them."""
    for row in rows:
        wanted = "energised" if row["wanted"] else "let go"
        said = {True: "confirmed", False: "NOT CONFIRMED"}[row["confirmed"] == row["wanted"]]
        yield f"output {row['id']}: {row['position']}, {wanted}, {said}"
        left = "" if row.get("by_hand_s") is None else f", {duration(row['by_hand_s'])} left"
        if row["cause"]:
            yield f"  {row['cause']}{left}"
        if row["trouble"]:
            yield f"  {row['trouble']} ({row['drives']})"
        if row["repairs"]:
            yield f"  put right {row['repairs']} times ({row['drives']})"
