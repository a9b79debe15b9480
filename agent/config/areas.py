"""[[area]]: what is in its air, held against what its PIDs can see."""

from agent.compounds import USUAL_LAMP_EV, Compound
from agent.config.conversion_response import compound_known
from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.table_reader import Row

__all__ = ["check_areas"]


def check_areas(rows: list[Row], instruments: list[Instrument], findings: Findings) -> None:
    """Warns of each compound that a PID of the area does not see, or shows as VOC without its being one."""
    names = {each.row["area"] for each in instruments if each.row["area"]}
    seen: set[str] = set()
    for row in rows:
        name = row["name"]
        if name is None:
            continue
        if name in seen:
            findings.error(row.at("name"), f"{shown(name)} stands twice", "one [[area]] for each")
        elif name not in names:
            findings.error(row.at("name"), f"no instrument is in area {shown(name)}", nearest(name, names))
        seen.add(name)
        compounds = [
            compound_known(compound_id, row.at("compounds", place), findings)
            for place, compound_id in enumerate(row["compounds"] or ())
        ]
        for lamp, channels in _lamps(name, instruments).items():
            who = f"{', '.join(channels)}: a lamp of {lamp:g} eV"
            _hold_against(row, who, lamp, [each for each in compounds if each], findings)


def _lamps(area: str, instruments: list[Instrument]) -> dict[float, list[str]]:
    """The area's PIDs by their lamp, the usual one where the file does not say it."""
    found: dict[float, list[str]] = {}
    for each in instruments:
        if each.row["area"] == area:
            for channel, lamp in each.lamps.items():
                channels = found.setdefault(USUAL_LAMP_EV if lamp is None else lamp, [])
                channels.append(f"{each.row['id']}.{channel}")
    return found


def _hold_against(row: Row, who: str, lamp: float, compounds: list[Compound], findings: Findings) -> None:
    blind = [each for each in compounds if not each.is_seen_by(lamp)]
    if blind:
        what = ", ".join(f"{each.name} ({each.ionisation_ev:g} eV)" for each in blind)
        findings.warn(row.at("compounds"), f"{who} does not see {what}", "no PID here finds a leak of these")
    false = [each for each in compounds if each.is_seen_by(lamp) and not each.is_voc]
    if false:
        what = ", ".join(_as_voc(each, lamp) for each in false)
        hint = "an alarm there may be of these: look at detectors of their own"
        findings.warn(row.at("compounds"), f"{who} shows as VOC {what}", hint)


def _as_voc(compound: Compound, lamp: float) -> str:
    factor = compound.factor(lamp)
    return f"{compound.name} (1 ppm as {1 / factor.value:.2g} ppm)" if factor else compound.name
