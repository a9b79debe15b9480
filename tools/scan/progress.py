"""How far a scan is: a bar on a terminal's stderr, nothing anywhere else."""

import sys
from types import TracebackType
from typing import Any

import typer

from tools.scan.settings import Plan, Setting

__all__ = ["Progress"]


class Progress:
    """Use as a context; hand `told` to the sweep. quiet: not even the estimate."""

    def __init__(self, plan: Plan, quiet: bool = False) -> None:
        self._plan, self._quiet = plan, quiet
        self._bar: Any = None
        self._begun = False
        self._done_before: dict[Setting, float] = {}
        total = 0.0
        for setting in plan.settings:
            self._done_before[setting] = total
            total += plan.seconds_at(setting)
        self._total = total

    def __enter__(self) -> "Progress":
        return self

    def _begin(self) -> None:
        """With the first question: a port that cannot be opened needs no estimate."""
        settings = len(self._plan.settings)
        questions = sum(map(self._plan.questions_at, self._plan.settings))
        typer.echo(
            f"{questions} questions at {settings} setting{'s' if settings > 1 else ''}, about "
            f"{_minutes(self._total)}; Ctrl-C ends it",
            err=True,
        )
        if sys.stderr.isatty():
            self._start_bar()

    def _start_bar(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - it doubles the start time
        from rich.progress import BarColumn, TextColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        self._bar = Bar(
            BarColumn(bar_width=None),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task("", total=self._total)

    def told(self, setting: Setting, protocol: str, address: int | None, asked: int) -> None:
        if not self._quiet and not self._begun:
            self._begun = True
            self._begin()
        if self._bar is None:
            return
        share = asked / max(1, self._plan.questions_at(setting))
        done = self._done_before[setting] + min(1.0, share) * self._plan.seconds_at(setting)
        whom = "" if address is None else f" {address}"
        left = _minutes(self._total - done)
        self._bar.update(self._task, completed=done, description=f"{left}, {setting} {protocol}{whom}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
