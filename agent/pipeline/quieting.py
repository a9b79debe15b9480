"""What ends or begins to keep an alarm quiet without a person: a shelf whose time is over, and logic. Pure.

The logic of a rule is one test: another rule stands, or a channel says something. Only what was measured
suppresses: a channel that is silent or doubtful does not, so that a dead instrument quiets nothing. Before
the first reading since the start nobody knows, and what was suppressed stays so.
"""

from collections.abc import Iterable, Mapping

from agent.alarms import ACTIVE, SUPPRESSED
from agent.config.alarm_model import ABOVE, IS, STANDS, Suppression
from agent.pipeline.instant import Instant
from agent.pipeline.life import Deed
from agent.pipeline.limit import Limit, Verdict
from store.rows import Reading

__all__ = ["Quieting"]


class Quieting:
    """suppressed_by: the logic of each rule that has one, by rule. latest: the last reading by channel."""

    def __init__(
        self,
        limits: Iterable[Limit],
        suppressed_by: Mapping[str, Suppression],
        latest: Mapping[str, Reading],
    ) -> None:
        self._limits = {limit.alarm.id: limit for limit in limits}
        self._suppressed_by, self._latest = suppressed_by, latest
        self.asks_channels = any(logic.test != STANDS for logic in suppressed_by.values())

    def tick(self, t: int, mono: int) -> list[Verdict]:
        """Shelves whose time is over, then the logic, also of rules that have none any more.

        t, mono: UTC and monotonic ms.
        """
        verdicts: list[Verdict] = []
        at = _at(t, mono)
        for limit in [each for each in self._limits.values() if each.alarm.life.quiet is not None]:
            over = limit.alarm.life.shelf_ends(mono)
            if over is not None:
                verdicts += self.act(limit, "unshelve", at, Deed(why=over))
            elif limit.alarm.state == SUPPRESSED and limit.alarm.id not in self._suppressed_by:
                verdicts += self.act(limit, "unsuppress", at, Deed(why="the station file has no such logic"))
        return verdicts + self.settle(t, mono)

    def settle(self, t: int, mono: int) -> list[Verdict]:
        """Hold the logic against what is known now. t, mono: UTC and monotonic ms."""
        if not self._suppressed_by:
            return []
        verdicts: list[Verdict] = []
        at = _at(t, mono)
        for name, logic in self._suppressed_by.items():
            limit = self._limits[name]
            holds = self._holds(logic)
            if holds and limit.alarm.state != SUPPRESSED:
                verdicts += self.act(limit, "suppress", at, Deed(why=str(logic)))
            elif holds is False and limit.alarm.state == SUPPRESSED:
                verdicts += self.act(limit, "unsuppress", at, Deed(why=f"no longer: {logic}"))
        return verdicts

    def act(self, limit: Limit, event: str, at: Instant, deed: Deed, for_ms: int = 0) -> list[Verdict]:
        """As Limit.act. An alarm that logic is about to suppress is not raised in between."""
        logic = self._suppressed_by.get(limit.alarm.id)
        anew = logic is None or not self._holds(logic)
        latest = self._latest.get(limit.channel)
        return limit.act(event, at, deed, latest, for_ms=for_ms, anew=anew)

    def due_ms(self) -> int | None:
        """When the next shelf ends, monotonic ms; None where there is none."""
        shelves = [limit.alarm.life.quiet for limit in self._limits.values() if limit.alarm.life.quiet]
        return min((ends for quiet in shelves if (ends := quiet.ends_mono()) is not None), default=None)

    def _holds(self, logic: Suppression) -> bool | None:
        """None: nobody knows yet."""
        if logic.test == STANDS:
            return self._limits[logic.of].alarm.state in ACTIVE
        reading = self._latest.get(logic.of)
        return None if reading is None else _says(logic, reading)


def _at(t: int, mono: int) -> Instant:
    """Of what ends or begins by itself: nobody will ask whether its UTC was trusted."""
    return Instant(t, mono, trusted=False, machine="")


def _says(logic: Suppression, reading: Reading) -> bool:
    """Whether the last reading of its channel says so."""
    if logic.test == IS:
        return reading.flag in logic.flags
    if reading.flag != "N" or reading.value is None:
        return False
    return reading.value > logic.value if logic.test == ABOVE else reading.value < logic.value
