"""Which keys each kind of [[rule]] needs, takes and knows nothing of."""

from typing import NamedTuple

from agent.config.findings import Findings, nearest
from agent.config.rule_schema import ABOVE_LEVELS, BELOW_LEVELS, OWN_LOWEST, RULE
from agent.config.table_reader import Row

__all__ = ["FAULT", "LIMITLESS", "check_keys", "check_phases_named"]

FAULT = "fault"  # the level of the kinds that watch the instrument, not the plant
LIMITLESS = ("flat", "no-data")


class Keys(NamedTuple):
    """Beside those that every rule has."""

    needs: tuple[str, ...]
    takes: tuple[str, ...]


UPPER = ("above", "unit", "above_during", "per_day", "level", "deadband")
EITHER = (*UPPER, "below", "below_during")
KEYS = {
    "value": Keys((), (*EITHER, "limit")),
    "rate": Keys(("span",), EITHER),
    "deviation": Keys(("others",), UPPER),
    "background": Keys(("background",), (*UPPER, "others", "span")),
    "wind": Keys(("others", "bearings", "wind_direction", "wind_speed"), (*UPPER, "calm", "sector")),
    "flat": Keys(("span",), ("within", "unit")),
    "no-data": Keys(("span",), ()),
}
OF_SOME = sorted({key for keys in KEYS.values() for key in (*keys.needs, *keys.takes)})


def check_keys(row: Row, findings: Findings) -> None:
    """Of one rule; and gives it the level that it has without one."""
    if row["kind"] is None:
        return
    keys = KEYS[row["kind"]]
    for name in OF_SOME:
        if name in row.given and name not in (*keys.needs, *keys.takes):
            kinds = [kind for kind, each in KEYS.items() if name in (*each.needs, *each.takes)]
            findings.error(
                row.at(name), f"means nothing for kind {row['kind']}", f"it is of {', '.join(kinds)}"
            )
    for name in keys.needs:
        _needs(row, name, findings)
    if row["kind"] == "background" and row["background"] is not None:
        needed, other = ("span", "others") if row["background"] == OWN_LOWEST else ("others", "span")
        _needs(row, needed, findings)
        if other in row.given:
            findings.error(row.at(other), f"means nothing for background {row['background']}", "leave it out")
    _check_limits(row, findings)
    _check_level(row, findings)


def _check_limits(row: Row, findings: Findings) -> None:
    """One limit, and those of phases on its side."""
    if "below" in row.given:
        for name in ("above", "limit"):
            if name in row.given:
                findings.error(row.at("below"), f"beside `{name}`", "write a rule for each of the two")
    for during, limits in (("above_during", ("above", "limit")), ("below_during", ("below",))):
        if during in row.given and not any(name in row.given for name in limits):
            findings.error(row.at(during), f"without `{limits[0]}`", "that holds in every other phase")
    if row["kind"] == "rate":
        for name, sign in (("above", 1), ("below", -1)):
            if row[name] is not None and row[name] * sign <= 0:
                hint = "a value that falls by 2 a minute changes by -2: below = -2.0"
                findings.error(row.at(name), f"a value that stands is {name} {row[name]:g}, or at it", hint)


def _check_level(row: Row, findings: Findings) -> None:
    if row["kind"] in LIMITLESS:
        row.put("level", FAULT)
        return
    levels = BELOW_LEVELS if "below" in row.given else ABOVE_LEVELS
    if row["level"] is None and "level" not in row.given:
        row.put("level", levels[0])
    elif row["level"] is not None and row["level"] not in levels:
        side = "below" if "below" in row.given else "above"
        findings.error(row.at("level"), f"a limit that is {side} is {' or '.join(levels)}")


def check_phases_named(row: Row, phases: list[Row], findings: Findings) -> None:
    """Those that limits depend on are there."""
    known = [phase["id"] for phase in phases if phase["id"] is not None]
    for key in ("above_during", "below_during"):
        for name in row[key] or {}:
            if name not in known:
                hint = nearest(name, known) or "there is no [[phase]] yet"
                findings.error(row.at(key), f"there is no phase {name}", hint)


def _needs(row: Row, name: str, findings: Findings) -> None:
    key = RULE.key(name)
    assert key is not None, name
    if name not in row.given:
        findings.error(row.at(name), "missing", f"add for example {name} = {key.example}")
