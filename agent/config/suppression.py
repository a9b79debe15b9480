"""`suppress_when` of a [[rule]]: the logic that keeps its alarm quiet, as a text.

Either another rule, "benzene-tank-high-high" (while that alarm stands), or a channel and a test of it:
"fan.running below 0.5", "fan.running above 0.5", "pid-tank.voc is M" (its flag is one of these letters).
"""

from agent.config.alarm_model import Shelf, Suppression
from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.table_reader import Row
from agent.config.values import span

__all__ = ["check_shelf", "check_suppression", "read_shelf"]


def check_suppression(rows: list[Row], instruments: list[Instrument], findings: Findings) -> None:
    """What each rule's logic names is there; rules that suppress each other would blink. rows: [[rule]]."""
    rules = {row["id"]: row for row in rows}
    known = [f"{each.row['id']}.{name}" for each in instruments for name in each.channels or {}]
    untold = {each.row["id"] for each in instruments if each.channels is None}  # whose fault is reported
    for row in rows:
        logic: Suppression | None = row["suppress_when"]
        if logic is None:
            continue
        at, of = row.at("suppress_when"), logic.of
        if "." in of:
            if of not in known and of.partition(".")[0] not in untold:
                findings.error(at, f"there is no channel {shown(of)}", nearest(of, known))
        elif of == row["id"]:
            findings.error(at, "a rule cannot suppress itself", "name another rule, or a channel")
        elif of not in rules:
            findings.error(at, f"there is no rule {shown(of)}", nearest(of, [name for name in rules if name]))
        elif (other := rules[of]["suppress_when"]) is not None and "." not in other.of:
            message = f"{of} is itself suppressed by a rule, {other.of}"
            findings.error(at, message, "a rule that suppresses another one depends on channels at most")


def check_shelf(row: Row, findings: Findings) -> None:
    """The usual time is not longer than the longest. row: [alarms]."""
    usual_ms, longest_ms = row["shelve"], row["shelve_max"]
    if None not in (usual_ms, longest_ms) and usual_ms > longest_ms:
        key = "shelve" if "shelve" in row.given else "shelve_max"
        what = f"shelve, {span(usual_ms)}, is longer than shelve_max, {span(longest_ms)}"
        findings.error(row.at(key), what, "shelve is what people get without --for")


def read_shelf(row: Row | None) -> Shelf:
    """The defaults where there is no [alarms]. Only for a row without errors."""
    return Shelf() if row is None else Shelf(row["shelve"], row["shelve_max"])
