"""[[outlet]]: factors of an organised outlet, each with its channel and its limit."""

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from agent.config.channels import channel_at
from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.marks import NMHC, NMHC_HINT, NOT_NMHC, PID
from agent.config.outlet_model import FactorSettings, Operating, OutletSettings
from agent.config.outlet_schema import CONDITIONS
from agent.config.rule_limits import in_unit, lacking, misfit, say_how_sure
from agent.config.table_reader import Row
from agent.config.toml_lines import Path
from agent.config.values import is_number
from agent.limits import FACTORS, Limit, limits

__all__ = ["check_outlets", "read_outlets"]

OF_HOURS = "hour"


def check_outlets(rows: list[Row], instruments: list[Instrument], day: date, findings: Findings) -> None:
    """Each factor against its channel and its limit; and when the outlet operates."""
    by_id = {each.row["id"]: each for each in instruments}
    for row in rows:
        _check_place(row, findings)
        _check_own(row, findings)
        for factor, name in (row["channels"] or {}).items():
            at = row.at("channels", factor)
            if factor not in FACTORS:
                findings.error(at, "there is no such factor", nearest(factor, FACTORS))
                continue
            found = channel_at(at, name, by_id, findings)
            limit = _limit(row, factor, findings)
            if limit is not None:
                say_how_sure(at, limit, day, findings)
            if found is not None and limit is not None:
                _check_limit(at, limit, found, findings)
            elif found is not None and factor == NMHC and PID in found[0].marks.get(found[1], ()):
                findings.error(at, f"{name} {NOT_NMHC}", NMHC_HINT)
        if row["operating"] is not None:
            _check_operating(row, by_id, findings)


def _check_place(row: Row, findings: Findings) -> None:
    place = row["limits"]
    places = {limit_id.rpartition("/")[0] for limit_id in limits()}
    if place is not None and place not in places:
        close = nearest(place, places, list_all=False)
        hint = f"{close} `fenceline limits` lists them".strip()
        findings.error(row.at("limits"), f"there is no place {shown(place)}", hint)


def _check_own(row: Row, findings: Findings) -> None:
    for factor, value in (row["own"] or {}).items():
        if factor not in (row["channels"] or {}):
            findings.error(
                row.at("own", factor), "no channel tells it", "add it to `channels`, or leave it out"
            )
        elif value <= 0:
            findings.error(row.at("own", factor), f"{value:g} is no limit", "it is above 0")


def _limit(row: Row, factor: str, findings: Findings) -> Limit | None:
    """The one of the catalogue; None where the file has its own, or it is wrong."""
    if factor in (row["own"] or {}) or ("limits" in row.given and row["limits"] is None):
        return None
    at = row.at("channels", factor)
    if row["limits"] is None:
        findings.error(at, "it has no limit", "add `limits`, or a number of your own to `own`")
        return None
    limit = limits().get(f"{row['limits']}/{factor}")
    place = [each for each in limits() if each.startswith(f"{row['limits']}/")]
    if limit is None and place:
        known = ", ".join(each.rpartition("/")[2] for each in place)
        message = f"{row['limits']} has no limit for it"
        findings.error(at, message, f"it has {known}; others go into `own`")
    return limit


def _check_limit(at: Path, limit: Limit, found: tuple[Instrument, str], findings: Findings) -> None:
    """found: the channel's instrument, and its name there."""
    instrument, channel = found
    if limit.statistic != OF_HOURS:
        message = f"{limit.id} is not for the mean of an hour, which the report counts"
        findings.error(at, message, "put the number that binds an hour into `own`")
        return
    wrong = misfit(limit, *found)
    if wrong is not None:
        findings.error(at, *wrong)
        return
    missing = lacking(limit, instrument.derived.get(channel))
    if missing:
        name = f"{instrument.row['id']}.{channel}"
        message = f"the limit holds for {'; '.join(missing)}; nothing says that {name} is so"
        findings.warn(at, message, "a [[conversion]] makes it so, where the instrument does not")


def _check_operating(row: Row, by_id: Mapping[str, Instrument], findings: Findings) -> None:
    table, at = row["operating"], row.at("operating")
    for name in table:
        if name not in ("channel", *CONDITIONS):
            known = ", ".join(("channel", *CONDITIONS))
            findings.error((*at, name), "unknown key", f"known are {known}")
    if isinstance(table.get("channel"), str):
        channel_at((*at, "channel"), table["channel"], by_id, findings)
    else:
        findings.error(
            (*at, "channel"), "missing, or no text", 'as in { channel = "cems.flow", above = 5000 }'
        )
    given = [name for name in CONDITIONS if name in table]
    if len(given) != 1 or not is_number(table[given[0]]) or not isfinite(table[given[0]]):
        findings.error(at, "it needs either `above` or `below`, a number", "of the channel's hour mean")


def read_outlets(rows: list[Row], instruments: list[Instrument]) -> tuple[OutletSettings, ...]:
    """Only for rows without errors."""
    by_id = {each.row["id"]: each for each in instruments}
    return tuple(
        OutletSettings(
            row["id"],
            tuple(_factor(row, factor, name, by_id) for factor, name in row["channels"].items()),
            _operating(row["operating"]),
        )
        for row in rows
    )


def _factor(row: Row, factor: str, name: str, by_id: Mapping[str, Instrument]) -> FactorSettings:
    instrument_id, _, channel = name.partition(".")
    instrument = by_id[instrument_id]
    unit = (instrument.channels or {})[channel]
    own = (row["own"] or {}).get(factor)
    if own is not None:
        return FactorSettings(factor, name, own, unit)
    limit = limits()[f"{row['limits']}/{factor}"]
    above = in_unit(limit, unit)
    assert above is not None, "its unit fits"
    missing = lacking(limit, instrument.derived.get(channel))
    return FactorSettings(factor, name, above, unit, limit.id, tuple(missing))


def _operating(table: dict[str, Any] | None) -> Operating | None:
    if table is None:
        return None
    return Operating(table["channel"], *(table.get(name) for name in CONDITIONS))
