"""A TOML file from the disk: its text and its tables, or findings that say why not."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from agent.config.findings import Finding, Findings

__all__ = ["TomlFile", "read_toml"]

PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
EXCERPT_CHARACTERS = 60
HINTS = {  # by what tomllib says: it names the rule, not the slip behind it
    "Cannot overwrite a value": "this key stands in the same table already",
    "Invalid value": "texts stand in quotes",
    "Illegal character '\\n'": "the quote that ends the text is missing",
}
BOM = b"\xef\xbb\xbf"


class TomlFile:
    """What stands in the file, and the findings about it. tables is None where it cannot be read."""

    def __init__(self, path: Path, tables: dict[str, Any] | None, text: str) -> None:
        self.path = path
        self.tables = tables
        self.findings = Findings(str(path), text)
        self.unreadable: list[Finding] = []

    def listed(self) -> list[Finding]:
        """Every finding, in the order of the file."""
        return self.unreadable + self.findings.listed()


def read_toml(path: Path) -> TomlFile:
    """Read `path`. Never raises for what is wrong with the file: that is a finding."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        return _unreadable(path, 1, *_why(path, error))
    if data.startswith(BOM):
        hint = "save it as UTF-8 without BOM (signature)"
        return _unreadable(path, 1, "begins with a byte order mark, which TOML does not know", hint)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        return _unreadable(path, line, message, "save the file as UTF-8")
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except RecursionError:
        return _unreadable(path, 1, "lists or tables stand too deeply within each other", "")
    except ValueError as error:  # TOMLDecodeError, and Python's own limit for the digits of a number
        return _unreadable(path, *_syntax(text, str(error)))


def _unreadable(path: Path, line: int, message: str, hint: str = "") -> TomlFile:
    file = TomlFile(path, None, "")
    file.unreadable.append(Finding(str(path), line, "", "error", message, hint))
    return file


def _why(path: Path, error: Exception) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "there is no such file", f"looked in {os.path.abspath(path.parent)}"
    if isinstance(error, IsADirectoryError):
        return "this is a folder", "name the file in it"
    if isinstance(error, PermissionError):
        return "no permission to read it", f"`ls -l {path}` shows who may"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}", ""


def _syntax(text: str, said: str) -> tuple[int, str, str]:
    """(line, message, hint) of what tomllib said; the offending line stands below the message."""
    found = PLACE.search(said)
    if found is None:  # the digit limit: tomllib does not say where
        return 1, f"not valid TOML: {said.partition(';')[0]}", ""
    lines = text.replace("\r\n", "\n").split("\n")
    what = said[: found.start()]
    if found[1] is None:
        while len(lines) > 1 and not lines[-1].strip():
            lines.pop()
        number, column, hint = len(lines), len(lines[-1]) + 1, "the file ends here"
    else:
        number, column, hint = int(found[1]), int(found[2]), HINTS.get(what, "")
    first = max(0, column - EXCERPT_CHARACTERS)
    excerpt = lines[number - 1][first : first + EXCERPT_CHARACTERS + 10]
    safe = "".join(char if char.isprintable() else " " for char in excerpt)
    pointed = f"    {safe.rstrip()}\n    {'^':>{column - first}}"
    return number, f"not valid TOML at column {column}: {what}\n{pointed}", hint
