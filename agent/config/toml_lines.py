"""On which line of a TOML text a key stands.

tomllib keeps no positions, so a second, lenient pass finds them. It runs only when there is
something to report, and only on text that tomllib has accepted: it looks for structure and leaves
validity alone.
"""

import re
import tomllib
from bisect import bisect_right

__all__ = ["BARE_KEY", "LineIndex", "Path"]

Path = tuple[str | int, ...]  # ("instrument", 1, "settings", "divisor"): keys, and places in arrays

BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BARE_VALUE = re.compile(r"[^,\]}#\n]*")  # numbers, booleans, dates (one blank may stand inside)
# Up to five quotes may close a multi-line string: two of them are its last characters.
STRINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r'"""(?:\\.|[^\\])*?"""(?:"{1,2})?',
        r"'''.*?'''(?:'{1,2})?",
        r'"(?:\\.|[^"\\])*"',
        r"'[^']*'",
    )
)


class LineIndex:
    """Lines, from 1, of every key path of `text`, which must be valid TOML."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._starts = [0] + [at.end() for at in re.finditer("\n", self._text)]
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._array_lengths: dict[Path, int] = {}  # of [[arrays of tables]] so far
        self._scan()

    def line_of(self, path: Path) -> int:
        """The line of `path`, or of the nearest table around it; 1 where there is none."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1

    def __contains__(self, path: Path) -> bool:
        return path in self._lines

    def _scan(self) -> None:
        table: Path = ()
        self._skip(BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._key_and_value(table)
            self._skip(BLANK)

    def _header(self) -> Path:
        """[table] or [[array]]; returns the path that the following keys belong to."""
        is_array = self._text.startswith("[[", self._at)
        line = self._line()
        self._at += 2 if is_array else 1
        keys = self._key()
        self._at += 2 if is_array else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._last_of((*path, key))
        path = (*path, keys[-1])
        if is_array:
            self._lines.setdefault(path, line)
            self._array_lengths[path] = self._array_lengths.get(path, 0) + 1
        path = self._last_of(path)
        self._note(path, line)
        return path

    def _last_of(self, path: Path) -> Path:
        """A header speaks of the newest element of an array of tables."""
        return (*path, self._array_lengths[path] - 1) if path in self._array_lengths else path

    def _key_and_value(self, table: Path) -> None:
        line = self._line()
        path = (*table, *self._key())
        self._note(path, line)
        self._at += 1  # the equals sign
        self._skip(BLANK)
        self._value(path)

    def _note(self, path: Path, line: int) -> None:
        """Also the tables that a dotted key or a header makes on its way."""
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], line)

    def _key(self) -> Path:
        """A bare, quoted or dotted key; leaves the position at what follows it."""
        parts: list[str] = []
        while True:
            self._skip(BLANK)
            quoted = self._text[self._at] in "\"'"
            part = self._string() if quoted else self._skip(BARE_KEY)
            parts.append(str(tomllib.loads(f"key = {part}")["key"]) if quoted else part)
            self._skip(BLANK)
            if self._text[self._at] != ".":
                return tuple(parts)
            self._at += 1

    def _value(self, path: Path) -> None:
        first = self._text[self._at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._skip(BARE_VALUE)

    def _array(self, path: Path) -> None:
        self._at += 1
        place = 0
        while not self._closed("]"):
            self._note((*path, place), self._line())
            self._value((*path, place))
            place += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while not self._closed("}"):
            self._key_and_value(path)

    def _closed(self, bracket: str) -> bool:
        """Step over blanks, a comma and the closing bracket, if it stands here."""
        self._skip(BLANK)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(BLANK)
        if self._text[self._at] != bracket:
            return False
        self._at += 1
        return True

    def _string(self) -> str:
        for pattern in STRINGS:
            if pattern.match(self._text, self._at):
                return self._skip(pattern)
        raise AssertionError(f"no string at character {self._at}: the text is not valid TOML")

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        assert found is not None, f"character {self._at}: the text is not valid TOML"
        self._at = found.end()
        return found[0]

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)
