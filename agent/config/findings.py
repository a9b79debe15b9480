"""What is wrong in a file: where, what, and what to do next."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from agent.config.toml_lines import BARE_KEY, LineIndex, Path

__all__ = ["ConfigErrors", "Finding", "Findings", "nearest", "shown"]

SHOWN_CHARACTERS = 40  # of an offending value: what still fits on a phone beside its message


@dataclass(frozen=True)
class Finding:
    """One fault. key: dotted, its table first, "" for the whole file; severity: error or warning."""

    file: str
    line: int
    key: str
    severity: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """`station.toml:12: [instrument] scal: unknown key`, and the hint on a line of its own."""
        table, _, key = (self.key, "", "") if self.key.startswith('"') else self.key.partition(".")
        where = f"[{table}] {key}".rstrip() + ": " if table else ""
        warning = "warning: " if self.severity == "warning" else ""
        text = f"{self.file}:{self.line}: {warning}{where}{self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def as_dict(self) -> dict[str, Any]:
        """file, line, key, severity, message, hint: the contract of `--json`."""
        return asdict(self)


class ConfigErrors(Exception):
    """A file that cannot be used: `findings` holds every fault, warnings included."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


class Findings:
    """Collects the findings of one file. Lines are looked up once, when somebody asks for them."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._found: list[tuple[Path, str, str, str]] = []

    def error(self, path: Path, message: str, hint: str = "") -> None:
        self._found.append((path, "error", message, hint))

    def warn(self, path: Path, message: str, hint: str = "") -> None:
        self._found.append((path, "warning", message, hint))

    def listed(self) -> list[Finding]:
        """In the order of the file."""
        if not self._found:
            return []
        index = LineIndex(self._text)
        # Names from the file stand in messages and hints, too.
        findings = [
            Finding(
                self.file, index.line_of(path), _dotted(path), severity, printable(message), printable(hint)
            )
            for path, severity, message, hint in self._found
        ]
        return sorted(findings, key=lambda finding: finding.line)


def _dotted(path: Path) -> str:
    """Places in arrays are left out: the line tells them."""
    return ".".join(_quoted(part) for part in path if isinstance(part, str))


def _quoted(key: str) -> str:
    """A key as TOML writes it: "area " shows its blank."""
    return key if BARE_KEY.fullmatch(key) else shown(key)


def shown(value: object) -> str:
    """A value as a person wrote it, shortened, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{shown_plain(value)}"'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    # A number of more than 4300 digits cannot even be printed.
    return "a very large number" if isinstance(value, int) and abs(value) > 1 << 64 else str(value)


def printable(text: str) -> str:
    """Text without control characters, which could rewrite a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def shown_plain(text: str) -> str:
    """Printable, and not too long."""
    safe = printable(text)
    return safe if len(safe) <= SHOWN_CHARACTERS else safe[: SHOWN_CHARACTERS - 1] + "…"


def nearest(word: str, known: Iterable[str], list_all: bool = True) -> str:
    """A hint: the name most like `word`, else all of them."""
    known = sorted(known)
    close = get_close_matches(word[:SHOWN_CHARACTERS], known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return "known are " + ", ".join(known) if known and list_all else ""
