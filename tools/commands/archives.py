"""What the commands that read the archive have in common."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tools.commands.common import ending, folded

if TYPE_CHECKING:
    from store.archive_reader import ArchiveReader
    from tools.export.times import Zone

__all__ = ["opened", "say_damage"]

NONE_HINT = "the agent makes it; has it run with this station file?"
COPY_HINT = "if its folder cannot be written, copy it, and the -wal file beside it, to one that can"


def opened(path: Path, command: str) -> "ArchiveReader":
    """The archive, beside a running agent or of another card; where it is none, that is said."""
    import sqlite3  # noqa: PLC0415 - help must not wait for it

    from store.archive_reader import ArchiveReader  # noqa: PLC0415
    from store.schema import Unusable  # noqa: PLC0415

    try:
        return ArchiveReader(path)
    except (Unusable, sqlite3.Error) as error:
        hint = "\n  hint: " + (COPY_HINT if path.exists() else NONE_HINT)
        raise ending(command, 1, f"{path}: cannot be read as an archive: {error}{hint}") from None


def say_damage(reader: "ArchiveReader", zone: "Zone") -> None:
    """What of the archive could not be read."""
    from tools.export.verify import damage_text  # noqa: PLC0415

    for line in damage_text(reader.damaged, reader, zone):
        typer.echo(folded(line), err=True)
