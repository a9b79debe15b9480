"""`limit` of a [[rule]]: a limit of agent.limits in place of `above` and `unit`."""

from datetime import UTC, date, datetime, timedelta

from agent.compounds import BY_ID
from agent.config.conversion_model import ConversionSettings
from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.marks import NMHC_HINT, NOT_NMHC, PID
from agent.config.rule_kinds import LIMITLESS
from agent.config.rule_schema import RULE
from agent.config.table_reader import Row
from agent.config.toml_lines import Path
from agent.limits import FACTORS, STATES, STATISTICS, Limit, limits
from agent.pipeline.periods import RAW

__all__ = ["DEFAULT_OFFSET_MIN", "in_unit", "lacking", "misfit", "say_how_sure", "take_limits", "today"]

DEFAULT_OFFSET_MIN = 8 * 60  # where no station says: the standards' own
UG_M3 = {"g/m3": 1_000_000, "mg/m3": 1000, "ug/m3": 1}
INSTEAD = ("above", "unit")  # what a limit stands for
NAMED = "limit"
FITS = {  # what a rule is to be on for a statistic
    "rtd": (RAW,),
    "hour": ("1h", "rolling:60m"),
    "8h": ("8h", "rolling:8h"),
    "day": ("1d", "rolling:24h"),
    "year": (),
}
SAME = {"pm": ("tsp", "dust"), "nmhc": ("voc",)}  # channels that are measured for a factor of another name
OTHERS = {  # channels in the unit of a limit that none is for
    "ch4": "methane",
    "no": "nitric oxide alone",
    "pm1": "PM1",
    "thc": "all hydrocarbons, methane among them",
}
MEASURED = {**FACTORS, **OTHERS}


def today(utc_ms: int, offset_min: int) -> date:
    """The day at the station."""
    return (datetime.fromtimestamp(utc_ms / 1000, UTC) + timedelta(minutes=offset_min)).date()


def take_limits(rows: list[Row], instruments: list[Instrument], day: date, findings: Findings) -> None:
    """Gives each rule that names a limit its `above` and `unit`, in the unit of its channel."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    for row in rows:
        if NAMED not in row.given:
            _needs_numbers(row, findings)
            continue
        for name in INSTEAD:
            if name in row.given:
                findings.error(row.at(name), f"`{NAMED}` says it already", "leave out one of the two")
        limit = _named(row, findings)
        if limit is None:
            continue
        say_how_sure(row.at(NAMED), limit, day, findings)
        name, _, channel = (row["channel"] or "").partition(".")
        instrument = by_id.get(name)
        if instrument is not None and instrument.channels and channel in instrument.channels:
            _take(row, limit, instrument, channel, findings)


def _needs_numbers(row: Row, findings: Findings) -> None:
    if row["kind"] is None or row["kind"] in LIMITLESS:
        return
    for name in ("unit",) if "below" in row.given else INSTEAD:
        key = RULE.key(name)
        if key is not None and name not in row.given:
            findings.error(row.at(name), "missing", f"add for example {name} = {key.example}")


def _named(row: Row, findings: Findings) -> Limit | None:
    name = row[NAMED]
    if name is None:
        return None
    if name not in limits():
        close = nearest(name, limits(), list_all=False)
        known = "`fenceline limits` lists them"
        findings.error(row.at(NAMED), f"there is no limit {shown(name)}", f"{close} {known}".strip())
    return limits().get(name)


def say_how_sure(at: Path, limit: Limit, day: date, findings: Findings) -> None:
    """Warns of a limit that is not in force on that day, or not confirmed."""
    why_not = limit.not_in_force(day)
    if why_not:
        findings.warn(at, f"{why_not}; today is {day}", "`fenceline limits` shows what is in force")
    if not limit.confirmed:
        message = f"edition {limit.edition} is not confirmed against the final text"
        findings.warn(at, message, "hold it against the text that binds this plant")


def _take(row: Row, limit: Limit, instrument: Instrument, channel: str, findings: Findings) -> None:
    assert instrument.channels is not None
    unit = instrument.channels[channel]
    wrong = misfit(limit, instrument, channel)
    if wrong is not None:
        findings.error(row.at(NAMED), *wrong)
        return
    row.put("above", in_unit(limit, unit))
    row.put("unit", unit)
    _say_what_differs(row, limit, instrument.derived.get(channel), findings)
    if channel in instrument.lamps and limit.factor in BY_ID:
        message = f"{row['channel']} is an isobutylene equivalent, and the limit is for {limit.factor}"
        hint = f'a [[conversion]] with compound = "{limit.factor}" makes it one, where nothing else is there'
        findings.warn(row.at(NAMED), message, hint)


def misfit(limit: Limit, instrument: Instrument, channel: str) -> tuple[str, str] | None:
    """Why a channel cannot be held against a limit, and what would do; None where it can."""
    name, unit = f"{instrument.row['id']}.{channel}", (instrument.channels or {})[channel]
    derived = instrument.derived.get(channel)
    if limit.factor == "nmhc" and PID in instrument.marks.get(channel, ()):
        return f"{name} {NOT_NMHC}", NMHC_HINT
    measured = _measured(channel, derived)
    if measured in MEASURED and measured not in (limit.factor, *SAME.get(limit.factor, ())):
        message = f"it is for {FACTORS[limit.factor]}, and {name} measures {MEASURED[measured]}"
        return message, "choose the limit of what the channel measures"
    if derived and None not in (derived.base_o2, limit.base_o2) and derived.base_o2 != limit.base_o2:
        message = f"it holds at {limit.base_o2:g} % O2, and {name} is at {derived.base_o2:g} %"
        return message, "choose another `base_o2` in its [[conversion]]"
    if in_unit(limit, unit) is None:
        hint = f"choose a channel in {limit.unit}, or give a number of your own"
        return f"it is in {limit.unit}, and {name} in {unit}", hint
    return None


def _measured(channel: str, derived: ConversionSettings | None) -> str:
    """Which factor a channel is of: its name, or what it was converted as. NOx is, as NO2."""
    compound = derived.compound if derived else None
    if compound is None or compound not in MEASURED:
        return channel
    return "nox" if compound == "no2" else compound


def in_unit(limit: Limit, unit: str) -> float | None:
    """The value in `unit`; None where that takes more than a power of ten."""
    if unit == limit.unit or (limit.factor == "nmhc" and unit == "mgC/m3"):  # NMHC limits are as carbon
        return limit.value
    if limit.unit in UG_M3 and unit in UG_M3:
        return limit.value * UG_M3[limit.unit] / UG_M3[unit]
    return None


def _say_what_differs(row: Row, limit: Limit, derived: ConversionSettings | None, findings: Findings) -> None:
    """What the limit refers to, where a reading may not."""
    statistic = limit.statistic  # None: nothing that was read says which
    held = [STATISTICS[statistic]] if statistic and row["on"] not in FITS[statistic] else []
    held += lacking(limit, derived)
    if held:
        compared = "each reading" if row["on"] == RAW else f"means of {row['on']}"
        message = (
            f"it holds for {'; '.join(held)}; the rule compares {compared} of {row['channel']} as it comes"
        )
        findings.warn(row.at(NAMED), message, "sound as an early warning; it proves no exceedance")


def lacking(limit: Limit, derived: ConversionSettings | None) -> list[str]:
    """What the limit refers to, where nothing says that the channel does: a state, baseline oxygen."""
    held = []
    if limit.state is not None and limit.state not in ("actual", *_states(derived)):
        held.append(STATES[limit.state])
    if limit.base_o2 is not None and (derived is None or derived.base_o2 is None):
        held.append(f"{limit.base_o2:g} % O2")
    return held


def _states(derived: ConversionSettings | None) -> tuple[str, ...]:
    """Those of agent.limits that a channel is in."""
    if derived is None:
        return ()
    if derived.state == "0C":
        return ("std_dry",) if derived.is_dry else ()
    return ("25C",) if derived.state == "25C" else ()
