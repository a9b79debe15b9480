"""[[rule]]: conditions on channels that exist, in their unit."""

from collections.abc import Mapping

from agent.config.channels import channel_named, fresh_ms, interval_ms
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.marks import NMHC, NMHC_HINT, NOT_NMHC, PID
from agent.config.model import RuleSettings, WindSettings
from agent.config.rule_inputs import check_others, intervals_ms
from agent.config.rule_kinds import check_keys, check_phases_named
from agent.config.rule_schema import OF_MEAN
from agent.config.rule_timing import check_timing
from agent.config.table_reader import Row

__all__ = ["check_rules", "read_rules"]

BEYOND = (  # level, its lesser one, key; the first is beyond the second
    ("high-high", "high", "above"),
    ("low-low", "low", "below"),
)


def check_rules(
    rows: list[Row], phases: list[Row], instruments: list[Instrument], findings: Findings
) -> None:
    """Each rule against its channel, and the rules of one channel against each other."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    for row in rows:
        check_keys(row, findings)
        check_phases_named(row, phases, findings)
        unit = None
        found = channel_named(row, "channel", by_id, findings)
        if found is not None:
            unit = (found[0].channels or {})[found[1]]
            _check_unit(row, unit, findings)
            _check_nmhc(row, *found, findings)
            check_timing(row, interval_ms(row["channel"], found[0]), findings)
        check_others(row, unit, by_id, findings)
    for row in rows:
        for level, lesser, key in BEYOND:
            if row["level"] == level:
                _check_beyond(row, [other for other in rows if other["level"] == lesser], key, findings)


def _check_unit(row: Row, unit: str, findings: Findings) -> None:
    """unit: of the channel."""
    allowed = {"rate": (f"{unit}/min",), "deviation": (unit, OF_MEAN)}.get(row["kind"] or "", (unit,))
    if row["unit"] is None or row["unit"] in allowed:
        return
    of = {"rate": f"the unit of the rate of {row['channel']}", "deviation": "a unit of this deviation"}
    what = of.get(row["kind"] or "", f"the unit of {row['channel']}")
    which = " or ".join(shown(each) for each in allowed)
    message = f"{shown(row['unit'])} is not {what}, which is {which}"
    findings.error(row.at("unit"), message, f"write unit = {shown(allowed[0])}, and the limit in it")


def _check_nmhc(row: Row, instrument: Instrument, name: str, findings: Findings) -> None:
    """A rule that calls itself one of NMHC, with a number of its own."""
    if PID in instrument.marks.get(name, ()) and "limit" not in row.given and NMHC in (row["id"] or ""):
        findings.error(row.at("id"), f"{row['channel']} {NOT_NMHC}", NMHC_HINT)


def _check_beyond(row: Row, lesser: list[Row], key: str, findings: Findings) -> None:
    """A high-high limit stands above every high one of the same kind on its channel, a low-low one below."""
    for other in lesser:
        same = all(other[each] == row[each] is not None for each in ("channel", "kind", "on"))
        if not same or row[key] is None or other[key] is None:
            continue
        if row[key] <= other[key] if key == "above" else row[key] >= other[key]:
            level, its = row["level"], other["level"]
            message = f"{level} {row[key]:g} is not {key} {other[key]:g}, the {its} of the same channel"
            findings.error(row.at(key), message, f"that is rule {other['id']}")


def read_rules(rows: list[Row], instruments: list[Instrument]) -> tuple[RuleSettings, ...]:
    """Only for rows without errors."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    units = {
        f"{id}.{name}": unit for id, each in by_id.items() for name, unit in (each.channels or {}).items()
    }
    return tuple(_rule(row, units, by_id) for row in rows)


def _rule(row: Row, units: Mapping[str, str], by_id: Mapping[str, Instrument]) -> RuleSettings:
    others = tuple(row["others"] or ())
    during = row["below_during" if row["below"] is not None else "above_during"] or {}
    return RuleSettings(
        id=row["id"],
        channel=row["channel"],
        above=row["above"],
        level=row["level"],
        unit="s" if row["kind"] == "no-data" else row["unit"] or units[row["channel"]],
        deadband=row["deadband"],
        on_delay_ms=row["on_delay"],
        off_delay_ms=row["off_delay"],
        limit=row["limit"],
        latch=row["latch"],
        suppress_when=row["suppress_when"],
        kind=row["kind"],
        on=row["on"],
        below=row["below"],
        during=tuple(during.items()),
        per_day=row["per_day"],
        span_ms=row["span"] or 0,
        within=row["within"],
        others=others,
        background=row["background"],
        wind=_wind(row) if row["kind"] == "wind" else None,
        fresh_ms={channel: fresh_ms(each) for channel, each in intervals_ms(row, by_id).items()}
        if others
        else {},
    )


def _wind(row: Row) -> WindSettings:
    return WindSettings(
        tuple(row["bearings"]), row["wind_direction"], row["wind_speed"], row["calm"], row["sector"]
    )
