"""[[instrument]]: its line, its driver, its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.config.conversion_model import ConversionSettings
from agent.config.drivers import Drivers, KnownDriver
from agent.config.findings import Findings, nearest, shown
from agent.config.marks import INDICATIVE, PID
from agent.config.model import InstrumentSettings
from agent.config.network import TCP_UNITS, addresses_of, medium_of
from agent.config.settings import channels_of, check_settings
from agent.config.speeds import check_speeds, written
from agent.config.table_reader import Row
from agent.pipeline.concentration import KINDS
from hal.tcp_port import TCP

__all__ = ["Instrument", "check_instruments", "check_lines_used", "read_instruments"]

MODBUS = "modbus"  # as a driver's protocol
OF_PIDS = "voc-pid"  # as a driver's class
MAY_BE_PIDS = (OF_PIDS, "voc", "gas-detector", "")
OF_MICRO_STATIONS = ("micro-station", "particulate-module")


@dataclass(frozen=True)
class Instrument:
    """A row and what its driver says. channels: unit by name; None where that cannot be told.

    lamps: by channel that shows isobutylene equivalents, the PID's lamp in eV, None where the file does not
    say. marks: by channel, of agent.config.marks. derived: by channel that a [[conversion]] makes, which is
    among `channels` too.
    """

    row: Row
    driver: KnownDriver | None
    channels: dict[str, str] | None
    lamps: Mapping[str, float | None] = field(default_factory=dict)
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    derived: Mapping[str, ConversionSettings] = field(default_factory=dict)

    @property
    def device_class(self) -> str:
        """Of drivers.profile.CLASSES, "" where nothing says it."""
        return self.driver.device_class if self.driver else ""


def check_instruments(
    rows: list[Row], lines: list[Row], drivers: Drivers, findings: Findings
) -> list[Instrument]:
    """Each instrument by itself, and those of a line against each other."""
    line_ids = [line["id"] for line in lines if line["id"] is not None]
    for row in rows:
        if row["line"] is not None and row["line"] not in line_ids:
            hint = nearest(row["line"], line_ids) or "there is no [[line]] yet"
            findings.error(row.at("line"), f"there is no line {shown(row['line'])}", hint)
    media = {line["id"]: medium_of(line) for line in lines}
    instruments = [_instrument(row, media.get(row["line"], ""), drivers, findings) for row in rows]
    _check_shared(instruments, findings)
    check_speeds(rows, lines, findings)
    return instruments


def _instrument(row: Row, medium: str, drivers: Drivers, findings: Findings) -> Instrument:
    """medium: of its line."""
    driver = drivers.named_by(row, findings)
    if driver is None:
        return Instrument(row, None, None)
    _check_medium(row, driver, medium, findings)
    _check_address(row, driver, medium, findings)
    if not check_settings(row, driver, findings):
        return Instrument(row, driver, None)
    # The channels do not depend on the address: any valid one shows them.
    low, high = driver.addresses or (0, 0)
    address = row["address"] if row["address"] is not None and low <= row["address"] <= high else low
    channels = channels_of(row, driver, address, findings)
    lamps = _lamps(row, driver, channels or {}, findings)
    marks = dict.fromkeys(lamps, (PID,))
    if driver.device_class in OF_MICRO_STATIONS:
        marks = dict.fromkeys(channels or (), (INDICATIVE,))
    return Instrument(row, driver, channels, lamps, marks)


def _lamps(
    row: Row, driver: KnownDriver, channels: dict[str, str], findings: Findings
) -> dict[str, float | None]:
    """Which of its channels are a PID's. Of an analog module its loops say so."""
    if "lamp" in row.given and driver.device_class not in MAY_BE_PIDS:
        hint = "of a PID behind an analog input its [[loop]] has the lamp"
        findings.error(row.at("lamp"), f"{row['driver']} is no PID", hint)
        return {}
    if driver.device_class != OF_PIDS and row["lamp"] is None:
        return {}
    return {name: row["lamp"] for name, unit in channels.items() if unit in KINDS}


def _check_medium(row: Row, driver: KnownDriver, medium: str, findings: Findings) -> None:
    """What the line carries, and what `mode` says of it."""
    if medium == TCP and driver.protocol != MODBUS:
        message = f"{row['driver']} speaks {driver.protocol}, and a tcp:// line carries Modbus TCP alone"
        findings.error(
            row.at("line"), message, "a device server that passes the serial line on is rtu+tcp://"
        )
    if "mode" not in row.given:
        return
    if driver.protocol != MODBUS:
        findings.error(row.at("mode"), f"{row['driver']} does not speak Modbus", "leave it out")
    elif medium == TCP:
        findings.error(row.at("mode"), "a tcp:// line carries Modbus TCP, in no other mode", "leave it out")


def _check_address(row: Row, driver: KnownDriver, medium: str, findings: Findings) -> None:
    if driver.addresses is None:
        if "address" in row.given:
            message = f"instruments of {row['driver']} have no address"
            findings.error(row.at("address"), message, "leave it out")
        return
    low, high = addresses_of(medium) if driver.protocol == MODBUS else driver.addresses
    if "address" not in row.given:
        hint = f"{driver.protocol} addresses are {low}..{high}; it is set on the instrument"
        if (low, high) == TCP_UNITS:
            hint = "behind a gateway the instrument's own, 1..247; of a device by itself often 1 or 255"
        findings.error(row.at("address"), "missing", hint)
    elif row["address"] is not None and not low <= row["address"] <= high:
        message = f"{row['address']} is no {driver.protocol} address"
        findings.error(row.at("address"), message, f"it is within {low}..{high}")


def _check_shared(instruments: list[Instrument], findings: Findings) -> None:
    """One address, one instrument; and some tolerate nobody else on their line."""
    owners: dict[tuple[str, int], Row] = {}
    for instrument in instruments:
        row = instrument.row
        if row["line"] is None or row["address"] is None:
            continue
        owner = owners.setdefault((row["line"], row["address"]), row)
        if owner is not row:
            message = f"{row['address']} is the address of {owner['id']} already, on the same line"
            findings.error(row.at("address"), message, "give the instrument another one, on its own panel")
    for instrument in instruments:
        if instrument.driver is None or instrument.driver.shared_line:
            continue
        row = instrument.row
        if any(other.row["line"] == row["line"] and other is not instrument for other in instruments):
            message = f"{row['driver']} cannot share line {row['line']} with others"
            findings.error(row.at("line"), message, "give it a line of its own")


def check_lines_used(lines: list[Row], instruments: list[Row], findings: Findings) -> None:
    """Warns of lines that nothing is on."""
    ids = {line["id"] for line in lines}
    used = {row["line"] for row in instruments}
    # A misspelt id is the fault, not the line that it leaves empty.
    if not used or None in ids or not used <= ids:
        return
    for line in lines:
        if line["id"] not in used:
            findings.warn(line.at("id"), f"no instrument is on line {line['id']}", "remove it, or add one")


def read_instruments(instruments: list[Instrument]) -> tuple[InstrumentSettings, ...]:
    """Only for rows without errors."""
    return tuple(
        InstrumentSettings(
            id=each.row["id"],
            line=each.row["line"],
            driver=each.row["driver"],
            address=each.row["address"] or 0,
            every_ms=each.row["every"],
            timeout_ms=each.row["timeout"],
            retries=each.row["retries"],
            quiet_ms=each.row["quiet"],
            area=each.row["area"],
            settings=each.row["settings"] or {},
            profile=each.driver.profile if each.driver else None,
            pos=place,
            mode=each.row["mode"],
            baud=each.row["baud"],
            framing=written(each.row["framing"]),
            resolution=each.row["resolution"] or {},
        )
        for place, each in enumerate(instruments)
    )
