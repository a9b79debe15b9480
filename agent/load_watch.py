"""Watches how much the alarms ask of people, and tells of floods, chatter and stale alarms."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.pipeline.alarm_load import AlarmLoad, News

if TYPE_CHECKING:
    from agent.judge import Judge
    from agent.pipeline.instant import Instant

__all__ = ["STATE_KEY", "LoadWatch"]

log = logging.getLogger("fenceline")

STATE_KEY = "alarm-load"
TICK_S = 1.0


class LoadWatch:
    """Beside the judge: it changes no alarm."""

    def __init__(self, judge: "Judge") -> None:
        self._judge = judge
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self.load = AlarmLoad()
        self._untold: list[News] = []

    def restore(self, saved: object, now: "Instant") -> None:
        """saved: what the last run left, None for nothing. Raises ValueError where it is no state."""
        if saved is None:
            return
        load = AlarmLoad()
        load.restore(saved, [limit.alarm.id for limit in self._judge.limits], now)
        self.load = load
        assert isinstance(saved, dict), "it was restored"
        self._untold = [News(*news) for news in saved.get("untold", [])]

    def state(self, now: "Instant") -> dict[str, object]:
        """What must survive a kill, for the journal."""
        return {STATE_KEY: {**self.load.snapshot(now), "untold": [list(news) for news in self._untold]}}

    def watch(self, rule: str, transition: str, event_id: str, at: "Instant") -> dict[str, object]:
        """Of Judge.watchers."""
        if transition != "raised":
            return {}
        self._untold += self.load.raised(rule, at.mono)
        return self.state(at)

    async def run(self) -> None:
        """For ever."""
        while True:
            self.beat()
            now = self._judge.now()
            lives = {limit.alarm.id: limit.alarm.life for limit in self._judge.limits}
            active = {rule: life.active[1] for rule, life in lives.items() if life.active is not None}
            self._untold += self.load.tick(active, now.mono)
            while self._untold:
                news = self._untold.pop(0)
                log.warning("alarms: %s %s %s: %s", news.what, news.rule, news.state, news.detail)
                self._judge.announce("alarm-load", news.body(), self.state(now))
            await asyncio.sleep(TICK_S)

    def status(self) -> dict[str, Any]:
        """For `status`: what goes on."""
        return {
            "flood": self.load.flood,
            "chatter": dict(self.load.chatter),
            "stale": sorted(self.load.stale),
        }
