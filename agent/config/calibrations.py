"""[[calibration]]: what is asked of channels that are measured, in their unit."""

from agent.config.channels import channel_named
from agent.config.checks import check_unit
from agent.config.findings import Findings
from agent.config.instruments import Instrument
from agent.config.quality_model import CalibrationSettings
from agent.config.table_reader import Row

__all__ = ["check_calibrations", "read_calibrations"]

ASKED = ("zero_drift", "span_drift", "every", "recovery")


def check_calibrations(rows: list[Row], instruments: list[Instrument], findings: Findings) -> None:
    """Each [[calibration]] against its channel and within itself."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    first: dict[str, Row] = {}
    for row in rows:
        found = channel_named(row, "channel", by_id, findings)
        if found is not None:
            check_unit(row, *found, findings)
            instrument, name = found
            if name in instrument.derived:
                message = f"{row['channel']} is computed: gas goes to what it is computed from"
                findings.error(row.at("channel"), message, "name the channel of the instrument")
            if first.setdefault(row["channel"], row) is not row:
                findings.error(row.at("channel"), f"{row['channel']} has a [[calibration]] already")
        _check_itself(row, findings)


def _check_itself(row: Row, findings: Findings) -> None:
    if not row.given.intersection(ASKED):
        findings.error(row.at("channel"), "nothing is asked", f"one at least of {', '.join(ASKED)}")
    limited = row.given.intersection(("zero_drift", "span_drift"))
    if limited and row["drift_in"] == "percent" and "full_scale" not in row.given:
        message = "missing: drift is in percent of it"
        findings.error(row.at("full_scale"), message, 'state it, or drift_in = "unit"')
    if row["full_scale"] == 0:
        findings.error(row.at("full_scale"), "0 is nothing to take a percentage of")
    if row["span_gas"] is not None and row["span_gas"] == row["zero_gas"]:
        findings.error(row.at("span_gas"), f"{row['span_gas']:g} is the zero gas")


def read_calibrations(rows: list[Row]) -> tuple[CalibrationSettings, ...]:
    """Only for rows without errors."""
    return tuple(
        CalibrationSettings(
            channel=row["channel"],
            unit=row["unit"],
            full_scale=row["full_scale"],
            zero_gas=row["zero_gas"],
            span_gas=row["span_gas"],
            zero_drift=row["zero_drift"],
            span_drift=row["span_drift"],
            is_percent=row["drift_in"] == "percent",
            every_ms=row["every"],
            recovery_ms=row["recovery"],
            source=row["source"],
        )
        for row in rows
    )
