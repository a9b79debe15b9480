"""Keeps the agent's tasks running: one that fails is reported and started again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

__all__ = ["Supervisor"]

log = logging.getLogger("fenceline")

RESTART_S = (0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_S = 60.0  # a task that ran this long starts its restart delays anew


class Supervisor:
    """report(what, detail) is told of a failure, once until it changes."""

    def __init__(self, report: Callable[[str, str], None]) -> None:
        self.restarts: dict[str, int] = {}
        self._report = report
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run `run()` for ever: it is called again when it fails or returns."""
        self._tasks.append(asyncio.create_task(self._keep(name, run), name=name))

    async def stop(self) -> None:
        """End the tasks in the reverse of their order of starting, each to its last line."""
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        failures, reported = 0, ""
        while True:
            started = loop.time()
            try:
                await run()
                why = "it ended by itself"
            except Exception as failure:
                if failures == 0:
                    log.exception("task %s failed", name)
                why = f"{type(failure).__name__}: {failure}"
            if loop.time() - started >= STEADY_S:
                failures, reported = 0, ""
            self.restarts[name] = self.restarts.get(name, 0) + 1
            if why != reported:  # told once, not with every attempt
                self._report(f"task {name}", why)
                reported = why
            await asyncio.sleep(RESTART_S[min(failures, len(RESTART_S) - 1)])
            failures += 1
