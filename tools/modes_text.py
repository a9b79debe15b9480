"""What the commands say of modes, in lines that fit a phone; and how they ask for one."""

import getpass
from pathlib import Path
from typing import Any

from tools.commands.common import asked, duration, ending

__all__ = ["begin", "end", "mode_text", "of_kind"]


def begin(
    config: Path, command: str, kind: str, instrument: str, *, for_: str | None, by: str | None, why: str
) -> dict[str, Any]:
    """Put the instrument into the mode; what the agent says of it. for_: as typed; None: the default."""
    from agent.config import values  # noqa: PLC0415 - help must not wait for it
    from agent.pipeline.modes import KINDS  # noqa: PLC0415

    for_ms = None
    if for_ is not None:
        try:
            for_ms = values.duration(1000, KINDS[kind].max_ms).parse(for_)
        except values.Wrong as wrong:
            said = "; ".join(part for part in (wrong.message, wrong.hint) if part)
            raise ending(command, 2, f"--for {for_}: {said}") from None
    who = by or getpass.getuser()
    wanted = {"instrument": instrument, "by": who, "why": why, "for_ms": for_ms}
    row: dict[str, Any] = asked(config, command, "mode", mode=kind, state="on", **wanted)
    return row


def end(config: Path, command: str, kind: str, instrument: str, by: str | None) -> dict[str, Any]:
    """Take the instrument out of it; what the agent says of that."""
    who = by or getpass.getuser()
    row: dict[str, Any] = asked(
        config, command, "mode", mode=kind, state="off", instrument=instrument, by=who
    )
    return row


def of_kind(config: Path, command: str, kind: str) -> list[dict[str, Any]]:
    """The instruments in that mode, of the running agent."""
    return [row for row in asked(config, command, "status")["modes"] if row["mode"] == kind]


def mode_text(row: dict[str, Any], *, why: bool = True) -> str:
    """One instrument in a mode. why: with the reason."""
    reason = f": {row['why']}" if why and row["why"] else ""
    return f"in {row['mode']} for another {duration(row['left_s'])}, by {row['by']}{reason}"
