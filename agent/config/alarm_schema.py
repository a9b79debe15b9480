"""[alarms], and the kind of value that `suppress_when` is."""

from typing import Any

from agent.config.alarm_model import ABOVE, BELOW, IS, Suppression
from agent.config.findings import shown
from agent.config.table import Key, Table
from agent.config.values import ID_PATTERN, TEXT, Kind, Wrong, duration
from drivers.sample import FLAGS

__all__ = ["ALARMS", "SHELF", "SUPPRESSION"]

HINT = (
    'a rule, or a channel and a test: "pid-tank.voc is M", "fan.running below 0.5", "fan.running above 0.5"'
)
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


def _suppression(value: Any) -> Suppression:
    words = TEXT.parse(value).split()
    if len(words) == 1 and ID_PATTERN.fullmatch(words[0]):
        return Suppression(words[0])
    if len(words) != 3 or "." not in words[0] or words[1] not in (ABOVE, BELOW, IS):
        raise Wrong(f"{shown(value)} is no logic", HINT)
    of, test, against = words
    if test == IS:
        if not set(against) <= set(FLAGS):
            raise Wrong(f"{shown(against)} are no flags", f"letters of {FLAGS}")
        return Suppression(of, test, flags=against)
    try:
        limit = float(against)
    except ValueError:
        raise Wrong(f"{shown(against)} is not a number", HINT) from None
    if not abs(limit) < 1e300:
        raise Wrong(f"{shown(against)} is no number that can be measured")
    return Suppression(of, test, limit)


SHELF = duration(MINUTE_MS, DAY_MS)
SUPPRESSION = Kind("text", "a rule; or a channel with is, above, below", _suppression)

ALARMS = Table(
    "alarms",
    "For how long people may shelve an alarm.",
    (
        Key(
            "shelve",
            SHELF,
            "for how long, where nobody says",
            '"1h"',
            default="1h",
        ),
        Key(
            "shelve_max",
            SHELF,
            "for how long at most; what is quiet for longer is taken out of service",
            '"12h"',
            default="12h",
        ),
    ),
)
