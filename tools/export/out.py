"""A file that is whole, or not there at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["Summed", "whole_file"]


class Summed:
    """Text into a file as UTF-8, and the sum over its bytes."""

    def __init__(self, target: BinaryIO) -> None:
        self._target, self._sum = target, hashlib.sha256()

    def write(self, text: str) -> int:
        data = text.encode()
        self._sum.update(data)
        return self._target.write(data)

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[Summed]:
    """Written beside and renamed at the end; nothing is left of it after an error. Raises OSError."""
    aside = path.with_name(path.name + ".part")
    try:
        with aside.open("wb") as file:
            yield Summed(file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
