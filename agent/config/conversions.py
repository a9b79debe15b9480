"""[[conversion]]: channels that are computed from channels."""

from dataclasses import replace

from agent.compounds import BY_ID
from agent.config.channels import channel_named
from agent.config.conversion_inputs import check_keys, constants_of, inputs_of, max_age_ms
from agent.config.conversion_model import ConversionSettings
from agent.config.conversion_response import Response, response_of
from agent.config.conversion_schema import MAX_O2
from agent.config.conversion_states import state_of, units_step
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.marks import NMHC, NMHC_HINT, NOT_NMHC, PID, SITE_FACTOR
from agent.config.table_reader import Row
from agent.pipeline.concentration import KINDS

__all__ = ["check_conversions", "read_conversions"]


def check_conversions(rows: list[Row], instruments: list[Instrument], findings: Findings) -> list[Instrument]:
    """The instruments with the channels that are computed from theirs."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    for row in rows:
        found = channel_named(row, "channel", by_id, findings)
        if found is None:
            continue
        instrument, source = found
        made = _conversion(row, instrument, source, by_id, findings)
        if made is not None:
            by_id[instrument.row["id"]] = made
    return [by_id.get(instrument.row["id"], instrument) for instrument in instruments]


def read_conversions(rows: list[Row], instruments: list[Instrument]) -> tuple[ConversionSettings, ...]:
    """In the order of the file. Only for rows without errors."""
    derived = {settings.id: settings for each in instruments for settings in each.derived.values()}
    return tuple(derived[f"{row['channel'].partition('.')[0]}.{row['name']}"] for row in rows)


def _conversion(
    row: Row, instrument: Instrument, name: str, by_id: dict[str, Instrument], findings: Findings
) -> Instrument | None:
    """The instrument with one channel more; None where it cannot even be said which. name: of the source."""
    if row["name"] is None or row["unit"] is None:
        return None
    channels = instrument.channels or {}
    if row["name"] in channels:
        message = f"{instrument.row['id']} has a channel {shown(row['name'])} already"
        findings.error(row.at("name"), message, "give it a name of its own")
        return None
    source, given = instrument.derived.get(name), channels[name]
    response = _response(row, instrument, name, findings)
    state = state_of(row, given, source)
    steps = response.steps
    if response.is_site_factor:
        if row["unit"] not in KINDS:
            findings.error(row.at("unit"), f"{shown(row['unit'])} is no concentration")
    else:
        step = units_step(row, given, response.compound, state, findings)
        steps += (step,) if step else ()
    inputs = inputs_of(row, given, by_id, findings)
    check_keys(row, state.is_dry, findings)
    _check_twice(row, source, findings)
    marks = set(instrument.marks.get(name, ())).union(
        *(owner.marks.get(each.channel.partition(".")[2], ()) for each, owner in inputs)
    )
    if response.is_site_factor:
        marks = marks - {PID} | {SITE_FACTOR}
    if PID in marks and NMHC in row["name"]:
        findings.error(row.at("name"), f"{row['channel']} {NOT_NMHC}", NMHC_HINT)
    settings = ConversionSettings(
        id=f"{instrument.row['id']}.{row['name']}",
        channel=row["channel"],
        unit=row["unit"],
        factors=steps,
        inputs=tuple(each for each, _ in inputs),
        constants=constants_of(row, findings),
        noise=row["noise"] or 0.0,
        base_o2=row["base_o2"] if source is None or source.base_o2 is None else source.base_o2,
        max_o2=row["max_o2"] or MAX_O2,
        max_age_ms=max_age_ms(row, inputs, findings),
        mark=SITE_FACTOR if response.is_site_factor else None,
        compound=response.compound.id if response.compound else None,
        state=state.wanted,
        is_dry=state.is_dry,
    )
    lamps = dict(instrument.lamps)
    if name in lamps and response == Response():  # another unit of the same equivalents
        lamps[row["name"]] = lamps[name]
    return replace(
        instrument,
        channels={**channels, row["name"]: row["unit"]},
        lamps=lamps,
        marks={**instrument.marks, row["name"]: tuple(sorted(marks))},
        derived={**instrument.derived, row["name"]: settings},
    )


def _response(row: Row, instrument: Instrument, name: str, findings: Findings) -> Response:
    """What the channel is of already, it hands on."""
    response = response_of(
        row,
        (instrument.channels or {})[name],
        instrument.lamps.get(name),
        name in instrument.lamps,
        findings,
    )
    source = instrument.derived.get(name)
    if source is None or source.compound is None or response.is_site_factor:
        return response
    if response.compound is None:
        return response._replace(compound=BY_ID.get(source.compound))
    if response.compound.id != source.compound:
        message = f"{row['channel']} is of {source.compound} already"
        findings.error(row.at("compound"), message, "begin with the channel that it is computed from")
    return response


def _check_twice(row: Row, source: ConversionSettings | None, findings: Findings) -> None:
    """What the channel is already, by its own [[conversion]]."""
    if source is None:
        return
    done = (
        ("moisture", source.is_dry, "is dry already"),
        ("oxygen", source.base_o2 is not None, f"is at {source.base_o2} % oxygen already"),
        ("from", source.state not in (None, row["from"]), f"is at {source.state} by its own [[conversion]]"),
    )
    for key, is_done, message in done:
        if is_done and key in row.given:
            findings.error(row.at(key), f"{row['channel']} {message}", "leave it out")
