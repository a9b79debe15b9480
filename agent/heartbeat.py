"""Feeds the watchdogs while every task's own loop turns.

Turning counts, success does not: a full disk, a pulled adapter or a broker that is away must not
reset the box. A loop that no longer turns is named, and feeding stops until it turns again.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from agent.judge import Judge
from agent.outputs import Outputs
from agent.polling import Poller
from agent.uplink.uplink import Uplink
from hal.line import Line
from hal.watchdog import ServiceManager, WatchdogDevice
from store.recorder import Recorder

__all__ = ["ARCHIVE_PAUSE_S", "Feeder", "Heartbeat", "poll_pause_s", "watch_outputs", "watch_station"]

TICK_S = 1.0  # feeding this often suits any watchdog: the shortest common time-out is 15 s
ANSWER_TICK_S = 0.1  # until the agent answers: whoever starts it waits for that
PAUSE_MIN_S = 60.0
JOURNAL_PAUSE_S = 120.0  # a worn card stalls for tens of seconds in a single fsync
UPLINK_PAUSE_S = 180.0  # resolving a name, connecting and shaking hands can take a minute in all
ARCHIVE_PAUSE_S = 900.0  # saving what can be read of a damaged archive of years takes minutes
RELAYS_PAUSE_S = 300.0  # a relay module waits for its line, at worst for probes of many dead instruments
POLL_MARGIN = 2.0
FRAME_BYTES = 256


class Heartbeat:
    """Knows when each task's loop last turned, and how long each may pause."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pause_s: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def watch(self, name: str, pause_s: float) -> Callable[[], None]:
        """The task's `beat`: it calls this each time its loop turns. It may pause at most pause_s."""

        def beat() -> None:
            self._last[name] = self._monotonic()

        self._pause_s[name] = pause_s
        beat()
        return beat

    def overdue(self) -> dict[str, float]:
        """By name, for how many seconds each task that should have turned has not."""
        now = self._monotonic()
        return {name: now - at for name, at in self._last.items() if now - at > self._pause_s[name]}

    def excuse(self, seconds: float) -> None:
        """Nobody could turn for so long: it is no task's fault."""
        for name in self._last:
            self._last[name] += seconds

    def begin(self) -> None:
        """Count from now."""
        for name in self._last:
            self._last[name] = self._monotonic()


class Feeder:
    """Tells the service manager that the agent is ready, and feeds both watchdogs.

    report(what, state, detail): told once of each task that stands still, and once when it turns.
    answers: whether the agent can be asked; from then on it is ready. doing: its STATUS line.
    """

    def __init__(
        self,
        heart: Heartbeat,
        manager: ServiceManager,
        device: WatchdogDevice | None,
        *,
        report: Callable[[str, str, str], None],
        answers: Callable[[], bool],
        doing: str,
    ) -> None:
        self._heart, self._manager, self._device = heart, manager, device
        self._report, self._answers, self._doing = report, answers, doing
        self._ready = False
        self._stuck: set[str] = set()

    async def run(self) -> None:
        """For ever. Where the whole loop stands still, so does this: nothing is fed."""
        loop = asyncio.get_running_loop()
        every_s = min(TICK_S, self._manager.feed_every_s or TICK_S)
        self._heart.begin()  # opening a large journal came before
        while True:
            self._turn()
            due = loop.time() + (every_s if self._ready else min(every_s, ANSWER_TICK_S))
            await asyncio.sleep(due - loop.time())
            late_s = loop.time() - due
            if late_s > TICK_S:  # the process was stopped, or something blocked the loop
                self._heart.excuse(late_s)

    def stopping(self, restarting: bool) -> None:
        """Say so. After a restart in place the same process says READY=1 again: it does not stop."""
        self._manager.say(*(["STATUS=restarting"] if restarting else ["STOPPING=1", "STATUS=stopping"]))

    def close(self) -> None:
        """The last step of a clean stop: the box goes on without us."""
        if self._device is not None:
            self._device.close()

    def _turn(self) -> None:
        if not self._ready and self._answers():
            self._ready = self._manager.say("READY=1", f"STATUS={self._doing}")
        overdue = self._heart.overdue()
        if overdue.keys() != self._stuck:
            self._tell(overdue)
        if not overdue:
            self._manager.feed()
            if self._device is not None:
                self._device.feed()

    def _tell(self, overdue: dict[str, float]) -> None:
        before, self._stuck = self._stuck, set(overdue)
        for name in sorted(self._stuck - before):
            detail = f"has not turned for {overdue[name]:.0f} s: no watchdog is fed until it does"
            self._report(f"task {name}", "stuck", detail)
        for name in sorted(before - self._stuck):
            self._report(f"task {name}", "recovered", "turns again")
        stuck = ", ".join(sorted(self._stuck))
        self._manager.say(f"STATUS={stuck} stuck, no watchdog is fed" if stuck else f"STATUS={self._doing}")


def poll_pause_s(poller: Poller, neighbours: Iterable[Poller]) -> float:
    """How long a poller's loop may take for one turn: `every`, and its line at its very worst.

    neighbours: all pollers of its line, itself included. At worst each of its questions is asked
    with all its retries; before each of these it waits out its quiet time, and everybody else's
    question with all retries. Or all are dead, and share what a busy line gives to probes.
    """
    everybody = [(other.state.retries + 1, _timeout_ms(other)) for other in neighbours]
    wire_ms = 2 * FRAME_BYTES * poller.state.timing.char_ms
    living_ms = sum(tries * (timeout_ms + wire_ms) for tries, timeout_ms in everybody)
    turn_ms = (poller.state.retries + 1) * (living_ms + poller.state.quiet_ms)
    probe_ms = sum(timeout_ms for _, timeout_ms in everybody) * (1 + 1 / poller.line.core.turns.probing.share)
    worst_s = len(poller.driver.questions()) * max(turn_ms, probe_ms) / 1000
    return poller.settings.every_ms / 1000 + max(PAUSE_MIN_S, POLL_MARGIN * worst_s)


def _timeout_ms(poller: Poller) -> float:
    """The longest of its questions."""
    own = [question.timeout_ms or 0 for question in poller.driver.questions()]
    return max([*own, poller.state.timeout_ms])


def watch_station(
    heart: Heartbeat,
    *,
    judge: Judge,
    recorder: Recorder,
    uplinks: Mapping[str, Uplink],
    lines: Iterable[Line],
    pollers: Iterable[Poller],
) -> None:
    """Give every task its `beat`, under the name that the supervisor knows it by."""
    judge.beat = heart.watch("judge", PAUSE_MIN_S)
    recorder.beat = heart.watch("journal", JOURNAL_PAUSE_S)
    for name, uplink in uplinks.items():
        uplink.beat = heart.watch(f"uplink {name}", UPLINK_PAUSE_S)
    for line in lines:
        line.beat = heart.watch(f"line {line.id}", PAUSE_MIN_S)
    pollers = list(pollers)
    for poller in pollers:
        neighbours = [other for other in pollers if other.line is poller.line]
        pause_s = poll_pause_s(poller, neighbours)
        poller.beat = heart.watch(f"instrument {poller.settings.id}", pause_s)


def watch_outputs(heart: Heartbeat, outputs: Outputs) -> None:
    """The same for what drives the relays."""
    outputs.beat = heart.watch("outputs", PAUSE_MIN_S)
    for (line_id, address), bank in outputs.targets.banks.items():
        bank.beat = heart.watch(f"relays {line_id} {address}", RELAYS_PAUSE_S)
