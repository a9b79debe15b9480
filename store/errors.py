"""What can go wrong while keeping things, as a person reads it: where, what, and what to do next."""

import sqlite3
from pathlib import Path

__all__ = ["MALFORMED", "DamagedBatch", "JournalError", "StoreError", "primary_code"]

MALFORMED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

# The reason a `gap` or `fault` event names, and the hint that goes with it, by SQLite's result code.
# Source: sqlite.org/rescode.html
REASONS = {
    sqlite3.SQLITE_FULL: ("disk full", "free space on the disk, or lower the space kept for history"),
    sqlite3.SQLITE_CORRUPT: ("malformed", "restart the agent: it sets the file aside and begins a new one"),
    sqlite3.SQLITE_NOTADB: ("malformed", "restart the agent: it sets the file aside and begins a new one"),
    sqlite3.SQLITE_BUSY: ("locked", "another program has the file open for writing: close it"),
    sqlite3.SQLITE_READONLY: (
        "read-only",
        "check the owner of the file, and `dmesg` for a disk remounted read-only",
    ),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check that its folder exists and who owns it"),
}
OTHER = ("input/output error", "check the disk: `dmesg` says what the kernel saw")


class StoreError(Exception):
    """Something could not be kept or read: `where` (a file), `what` is wrong, `hint` what to do."""

    def __init__(self, where: Path | str, what: str, hint: str = "") -> None:
        super().__init__(str(where), what, hint)
        self.where, self.what, self.hint = str(where), what, hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class JournalError(StoreError):
    """The journal could not be opened, written or read; nothing of the attempt stands in it.

    reason: in two words, for events: `disk full`, `malformed`, `locked`, ...
    """

    def __init__(self, where: Path | str, what: str, hint: str, reason: str) -> None:
        super().__init__(where, what, hint)
        self.reason = reason

    @classmethod
    def of(cls, where: Path | str, doing: str, error: Exception, code: int | None = None) -> "JournalError":
        """The error for a person; code: SQLite's result code where the error's own says too little."""
        reason, hint = REASONS.get(primary_code(error) if code is None else code, OTHER)
        return cls(where, f"{doing}: {reason} ({error})", hint, reason)


class DamagedBatch(StoreError):
    """The readings (or events) `first`..`last` were journalled, and can no longer be read."""

    def __init__(self, where: Path | str, first: int, last: int) -> None:
        super().__init__(
            where,
            f"{first}..{last}: damaged on the disk, cannot be read",
            "reading goes on behind them; if this repeats, replace the card",
        )
        self.first, self.last = first, last


def primary_code(error: Exception) -> int:
    """SQLite's primary result code (the low byte of the extended one); -1 where there is none."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF
