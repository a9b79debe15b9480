"""Time that leaps instead of passing, for what waits by the loop's clock."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from agent.config import load
from agent.config.model import StationFile

T = TypeVar("T")


class Leap(selectors.SelectSelector):
    """Advances the time instead of waiting."""

    now_s = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        assert ready or timeout is not None, "everybody waits for ever"
        self.now_s += 0 if ready else max(timeout or 0, 1e-9)  # no clock ever stands quite still
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.leap = Leap()
        super().__init__(self.leap)

    def time(self) -> float:
        return self.leap.now_s


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


@pytest.fixture(scope="session")
def virtually() -> Callable[[Coroutine[Any, Any, T]], T]:
    """virtually(main()): run to the end in virtual time, which begins at 1000 s."""
    return run_virtually


@pytest.fixture
def station_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], StationFile]:
    """station_of(text): that station file, read, with folders of the test's own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)

    def write(text: str) -> StationFile:
        (tmp_path / "station.toml").write_text(text)
        station = load(tmp_path / "station.toml")
        station.data_dir.mkdir()
        return station

    return write
