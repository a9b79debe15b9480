"""The command as a process of its own, as a person starts it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
COMMAND = [
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tools.cli import main; main()",
]


@pytest.fixture
def fenceline(tmp_path: Path) -> Run:
    """Runs `fenceline ...` in `tmp_path`."""

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        words = [*COMMAND, *map(str, arguments)]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)

    return run


@pytest.fixture
def command() -> list[str]:
    """The words that start it, for a test that lets it run."""
    return COMMAND
