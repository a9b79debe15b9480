"""How much the alarms ask of a person: floods, chattering alarms, stale ones. Pure; it never keeps one quiet.

| what    | begins                                           | ends                                    |
| flood   | more than 10 alarms raised within 10 minutes     | fewer than 5 within the last 10 minutes |
| chatter | one alarm raised 3 times within a minute         | a minute without it being raised        |
| stale   | one alarm has stood for more than 24 hours       | it stands no longer                     |

The figures are ISA-18.2's as quoted by others; when chatter ends is ours, no source says it. A window is
half-open: what is just 10 minutes old is out of it.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from agent.pipeline.instant import Instant, resumed

__all__ = ["AlarmLoad", "News"]

FLOOD, CHATTER, STALE = "flood", "chatter", "stale"
FLOOD_MS, FLOOD_ABOVE, FLOOD_OVER_BELOW = 600_000, 10, 5
CHATTER_MS, CHATTER_FROM = 60_000, 3
STALE_MS = 24 * 3_600_000


class News(NamedTuple):
    """What begins or ends. rule: of chatter and stale; times: alarms raised, from the first on."""

    what: str
    state: str
    rule: str
    times: int
    detail: str

    def body(self) -> dict[str, Any]:
        return {key: value for key, value in self._asdict().items() if key != "rule" or value}


class AlarmLoad:
    """Times are monotonic ms. Memory: 11 of them for all alarms, and 3 for each that was raised lately."""

    def __init__(self) -> None:
        self._lately: deque[int] = deque(maxlen=FLOOD_ABOVE + 1)
        self._of_rule: dict[str, deque[int]] = {}
        self.flood = 0  # alarms raised in the flood that goes on; 0: there is none
        self.chatter: dict[str, int] = {}  # how often raised, by rule that chatters
        self.stale: set[str] = set()

    def raised(self, rule: str, mono: int) -> list[News]:
        """An alarm was raised; what begins with that."""
        self._lately.append(mono)
        times = self._of_rule.setdefault(rule, deque(maxlen=CHATTER_FROM))
        times.append(mono)
        news = []
        if self.flood:
            self.flood += 1
        elif _within(self._lately, mono, FLOOD_MS) > FLOOD_ABOVE:
            self.flood = FLOOD_ABOVE + 1
            detail = f"more than {FLOOD_ABOVE} alarms within 10 minutes"
            news.append(News(FLOOD, "begins", "", self.flood, detail))
        if rule in self.chatter:
            self.chatter[rule] += 1
        elif _within(times, mono, CHATTER_MS) >= CHATTER_FROM:
            self.chatter[rule] = CHATTER_FROM
            detail = f"raised {CHATTER_FROM} times within a minute: a deadband or a delay would calm it"
            news.append(News(CHATTER, "begins", rule, CHATTER_FROM, detail))
        return news

    def tick(self, active: Mapping[str, int], mono: int) -> list[News]:
        """What begins and ends with time. active: since when each alarm that stands does, by rule."""
        return [*self._tick_flood(mono), *self._tick_chatter(mono), *self._tick_stale(active, mono)]

    def _tick_flood(self, mono: int) -> Iterable[News]:
        if self.flood and _within(self._lately, mono, FLOOD_MS) < FLOOD_OVER_BELOW:
            detail = f"fewer than {FLOOD_OVER_BELOW} alarms within 10 minutes"
            yield News(FLOOD, "ends", "", self.flood, detail)
            self.flood = 0

    def _tick_chatter(self, mono: int) -> Iterable[News]:
        for rule, times in list(self._of_rule.items()):
            if _within(times, mono, CHATTER_MS):
                continue
            del self._of_rule[rule]
            if rule in self.chatter:
                yield News(CHATTER, "ends", rule, self.chatter.pop(rule), "not raised for a minute")

    def _tick_stale(self, active: Mapping[str, int], mono: int) -> Iterable[News]:
        for rule, since in active.items():
            if rule not in self.stale and mono - since > STALE_MS:
                self.stale.add(rule)
                yield News(STALE, "begins", rule, 1, "has stood for more than 24 hours")
        for rule in sorted(self.stale - active.keys()):
            self.stale.remove(rule)
            yield News(STALE, "ends", rule, 1, "stands no longer")

    # ---- what survives a kill ----

    def snapshot(self, now: Instant) -> dict[str, Any]:
        """JSON-able; it changes with what is raised, begins or ends."""
        return {
            "at": now.plain(),
            "lately": list(self._lately),
            "of_rule": {rule: list(times) for rule, times in self._of_rule.items()},
            "flood": self.flood,
            "chatter": self.chatter,
            "stale": sorted(self.stale),
        }

    def restore(self, saved: object, rules: Iterable[str], now: Instant) -> None:
        """Take up where a snapshot left off, of the rules that there still are. Raises ValueError for none.

        Where nobody can tell how old it is, it is taken as of now: what goes on ends a little late.
        """
        try:
            assert isinstance(saved, dict)
            then = resumed(saved["at"], now) or now
            shift = then.mono - saved["at"]["mono"]
            known = set(rules)
            self._lately.extend(int(at) + shift for at in saved["lately"])
            for rule in known & saved["of_rule"].keys():
                times = (int(at) + shift for at in saved["of_rule"][rule])
                self._of_rule[rule] = deque(times, maxlen=CHATTER_FROM)
            self.flood = int(saved["flood"])
            self.chatter = {rule: int(saved["chatter"][rule]) for rule in known & saved["chatter"].keys()}
            self.stale = known & set(saved["stale"])
        except (AssertionError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{saved!r} is no saved alarm load") from error


def _within(times: Iterable[int], mono: int, window_ms: int) -> int:
    """How many of them lie in the last window_ms."""
    return sum(mono - at < window_ms for at in times)
