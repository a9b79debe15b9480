"""Keeps every output where it is to be, and tells of each switch and each failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

from agent.config.model import OutputSettings
from agent.config.outputs import ANY_ALARM
from agent.outputs.by_hand import ByHand
from agent.outputs.position import ALARM, SILENCED, TEST, UNKNOWN, Position, Watched
from agent.outputs.targets import Targets
from hal.line import Line

__all__ = ["Outputs"]

log = logging.getLogger("fenceline")

TICK_S = 1.0
TOLD_AGAIN_S = 600.0  # a module that is put right again and again is told of this often

Announce = Callable[[str, dict[str, object]], Awaitable[None]]  # done when it is on disk


class Output:
    """One output. energised: wanted; asked_at: since when, loop seconds."""

    def __init__(self, settings: OutputSettings, now: float) -> None:
        self.settings = settings
        self.where = Position(UNKNOWN, "the agent has just started")
        self.by_hand = ByHand()
        self.energised = False
        self.asked_at = now
        self.trouble = ""
        self.switches = self.repairs = 0
        self.repair_told_at = float("-inf")


class Outputs:
    """All outputs of the station. announce(kind, body): puts an event on disk and sends it.

    Call `update` where a rule has changed: it waits for neither disk nor network.
    """

    def __init__(
        self,
        settings: Iterable[OutputSettings],
        lines: Mapping[str, Line],
        watched: Watched,
        announce: Announce,
        load_gpiod: Callable[[], Any],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._outputs = {each.id: Output(each, self._loop.time()) for each in settings}
        self._watched, self._announce = watched, announce
        self._stopping = False
        everything = [output.settings for output in self._outputs.values()]
        self.targets = Targets(everything, lines, self._told, load_gpiod)
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns

    def update(self) -> None:
        """Bring every output to the position it is to be in now."""
        if self._stopping:
            return
        now_ms = self._loop.time() * 1000
        self._watched.notice()
        for output in self._outputs.values():
            tester = output.by_hand.end_test(now_ms)
            if tester is not None:
                self._tell_tested(output, tester.by)
            reasons = self._watched.reasons_of(output.settings, now_ms)
            where = self._watched.position_of(output.settings, reasons)
            self._place(output, output.by_hand.position(where, reasons, now_ms))

    async def test(self, output_id: str | None, by: str, origin: str, for_s: float) -> list[dict[str, Any]]:
        """Put this output (None: every one) into its alarm position for so long; its rows then.

        One that is in alarm stays so, and an alarm that comes meanwhile stays too. On disk, who and when,
        when this returns. Raises ValueError for an output that there is none of.
        """
        chosen = self._chosen(output_id, list(self._outputs.values()), "output")
        for output in chosen:
            output.by_hand.begin_test(by, (self._loop.time() + for_s) * 1000)
        self.update()
        self._loop.call_later(for_s, self.update)
        telling = []
        for output in chosen:
            detail = "in alarm already" if output.where.position == ALARM else f"for {for_s:g} s"
            telling.append(self._tell(output, TEST, detail, by=by, origin=origin, for_s=for_s))
        await asyncio.gather(*telling)
        return self.rows(chosen)

    async def silence(self, output_id: str | None, by: str, origin: str) -> list[dict[str, Any]]:
        """Let this horn (None: every one) be quiet, until something new comes or its time is over.

        Rows of those that sounded. On disk, who and when, when this returns. Raises ValueError where
        nothing sounds.
        """
        horns = [output for output in self._outputs.values() if output.settings.is_horn]
        chosen = self._chosen(output_id, horns, "horn")
        chosen = [output for output in chosen if output.where.position in (ALARM, TEST)]
        if not chosen:
            raise ValueError("no horn sounds" if output_id is None else f"horn {output_id} does not sound")
        now_ms = self._loop.time() * 1000
        for output in chosen:
            output.by_hand.end_test()
            reasons = self._watched.reasons_of(output.settings, now_ms)
            output.by_hand.begin_silence(reasons, by, now_ms + output.settings.silence_for_ms)
        self.update()
        telling = []
        for output in chosen:
            for_s = output.settings.silence_for_ms / 1000
            telling.append(
                self._tell(output, SILENCED, output.where.cause, by=by, origin=origin, for_s=for_s)
            )
        await asyncio.gather(*telling)
        return self.rows(chosen)

    def look_again(self, line_id: str) -> None:
        """This line's port has gone or is back: its modules are read now, not with their next turn."""
        for (line, _), bank in self.targets.banks.items():
            if line == line_id:
                bank.look_again()

    async def run(self) -> None:
        """Once a second, what needs no change of a rule. For ever."""
        while True:
            self.beat()
            self._watched.observe(self._loop.time() * 1000)
            self.update()
            for pin in self.targets.pins.values():
                pin.tick()
            await asyncio.sleep(TICK_S)

    async def make_safe(self, within_s: float) -> None:
        """Let every relay go, for good: the agent ends. Waits at most so long for confirmation."""
        self._stopping = True
        for output in self._outputs.values():
            self._place(output, Position(UNKNOWN, "the agent stops"))
        try:
            async with asyncio.timeout(within_s):
                await self.targets.settle()
        except TimeoutError:
            log.error("outputs: not every relay has confirmed that it let go")
        for pin in self.targets.pins.values():
            pin.close()

    def rows(self, outputs: Iterable[Output] | None = None) -> list[dict[str, Any]]:
        """For `status`: of these, None: of all."""
        now_ms = self._loop.time() * 1000
        return [
            {
                "id": output.settings.id,
                "drives": str(output.settings.target),
                "alarm_on": list(output.settings.alarm_on),
                "energised_when": output.settings.energised,
                "position": output.where.position,
                "cause": output.where.cause or None,
                "kind": "horn" if output.settings.is_horn else "contact",
                "until": output.settings.until,
                "by_hand_s": output.by_hand.left_s(output.where, now_ms),
                "wanted": output.energised,
                "confirmed": self.targets.confirmed(output.settings),
                "trouble": output.trouble or None,
                "switches": output.switches,
                "repairs": output.repairs,
            }
            for output in (self._outputs.values() if outputs is None else outputs)
        ]

    def explain(self, rules: set[str]) -> Iterator[tuple[str, str]]:
        """Each output that one of these rules puts into alarm: its id, and where it stands."""
        for output in self._outputs.values():
            alarm_on = output.settings.alarm_on
            if rules.intersection(alarm_on) or (rules and ANY_ALARM in alarm_on):
                state = "energised" if output.energised else "let go"
                confirmed = self.targets.confirmed(output.settings) == output.energised
                cause = f", {output.where.cause}" if output.where.cause else ""
                said = f"{state}, {'confirmed' if confirmed else 'NOT CONFIRMED'}"
                yield output.settings.id, f"{output.settings.id}: {output.where.position}{cause}: {said}"

    def _place(self, output: Output, where: Position) -> None:
        output.where = where
        energised = where.energises(output.settings.energised)
        if energised != output.energised:
            output.energised, output.asked_at = energised, self._loop.time()
            self.targets.want(output.settings, energised)

    def _chosen(self, output_id: str | None, among: list[Output], what: str) -> list[Output]:
        """By id, None: all. Raises ValueError where there is none, and while the agent stops."""
        if self._stopping:
            raise ValueError("the agent stops, and its relays are let go")
        found = [each for each in among if output_id in (None, each.settings.id)]
        if not found:
            known = ", ".join(each.settings.id for each in among) or "none"
            name = f" {output_id}" if output_id else ""
            raise ValueError(f"{what}{name}: this station's are {known}")
        return found

    # -- telling ----------------------------------------------------------------------------

    def _told(self, name: str, what: str, detail: str) -> None:
        """The report of a relay or a pin."""
        output, now = self._outputs[name], self._loop.time()
        if what == "failing":
            output.trouble = detail.splitlines()[0]
            self._tell(output, what, detail)
            return
        output.trouble = ""
        if what == "switched":
            output.switches += 1
            took_ms = round((now - output.asked_at) * 1000)
            cause = output.where.cause or "nothing of its alarm_on stands"
            self._tell(output, what, cause, took_ms=took_ms)
        elif what == "repaired":
            output.repairs += 1
            if now - output.repair_told_at >= TOLD_AGAIN_S:
                output.repair_told_at = now
                self._tell(output, what, detail)
        else:
            self._tell(output, what, detail)

    def _tell_tested(self, output: Output, by: str) -> None:
        """A test is over: whether the output has shown its alarm position."""
        shown = self.targets.confirmed(output.settings) == output.energised
        detail = "read back in its alarm position" if shown else "NOT READ BACK in its alarm position"
        if output.where.position == ALARM:
            detail += f", where it stays: {output.where.cause}"
        self._tell(output, "tested", detail, by=by, confirmed=shown)

    def _tell(self, output: Output, what: str, detail: str, **more: object) -> Awaitable[None]:
        state = "energised" if output.energised else "let go"
        level = logging.ERROR if what in ("failing", "repaired") else logging.INFO
        name = output.settings.id
        log.log(level, "output %s %s, %s (%s): %s", name, what, state, output.where.position, detail)
        return self._announce(
            "output",
            {
                "output": name,
                "transition": what,
                "position": output.where.position,
                "energised": output.energised,
                "detail": detail,
                **more,
            },
        )
