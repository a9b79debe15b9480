"""The station file as a whole: every finding at once, or the StationFile."""

from pathlib import Path
from typing import Any

from agent.config.alarm_schema import ALARMS
from agent.config.archive import archive_bytes, check_archive, check_resolutions, read_archive
from agent.config.areas import check_areas
from agent.config.averages import check_averages, read_averages
from agent.config.averages_schema import AVERAGE, AVERAGES
from agent.config.bench_schema import BENCH
from agent.config.budget import check_budget
from agent.config.calibrations import check_calibrations, read_calibrations
from agent.config.channels import read_channels
from agent.config.checks import check_checks, check_kept_out, read_checks
from agent.config.conversion_schema import AREA, CONVERSION
from agent.config.conversions import check_conversions, read_conversions
from agent.config.drivers import Drivers
from agent.config.findings import ConfigErrors, Finding, Findings, nearest
from agent.config.instruments import Instrument, check_instruments, check_lines_used, read_instruments
from agent.config.lines import check_ids, check_ports, read_lines
from agent.config.loops import check_loops, read_loops
from agent.config.model import StationFile
from agent.config.mqtt_schema import MQTT
from agent.config.outlet_schema import OUTLET
from agent.config.outlets import check_outlets, read_outlets
from agent.config.outputs import (
    RelayFiles,
    check_alarm_on,
    check_horns,
    check_modules,
    read_output,
    targets_of,
)
from agent.config.phases import check_phases, read_phases
from agent.config.quality_schema import CALIBRATION, CHECK
from agent.config.rule_limits import DEFAULT_OFFSET_MIN, take_limits, today
from agent.config.rule_schema import PHASE, RULE
from agent.config.rules import check_rules, read_rules
from agent.config.schema import (
    INSTRUMENT,
    LINE,
    LOOP,
    OUTPUT,
    STATION,
    TABLES,
    Table,
)
from agent.config.station import (
    check_data_dir,
    check_destinations,
    check_mqtt,
    check_room,
    check_watchdog,
    read_journal,
    read_mqtt,
)
from agent.config.storage_schema import ARCHIVE, JOURNAL
from agent.config.suppression import check_shelf, check_suppression, read_shelf
from agent.config.table_reader import FOR_BENCH, Row, read_table
from agent.config.toml_file import TomlFile, read_toml
from hal.clock import Clock

__all__ = ["check_names", "check_tables", "collected", "examine", "load"]


def load(path: Path) -> StationFile:
    """The station file. Raises ConfigErrors with every finding where one of them is an error."""
    station, findings = examine(path)
    if station is None:
        raise ConfigErrors(findings)
    return station


def examine(
    path: Path, clock: Clock | None = None, *, elsewhere: bool = False
) -> tuple[StationFile | None, list[Finding]]:
    """The station file, or None where it has errors, and everything that was found.

    Looks also at what the file points to: ports, folders, files with secrets, profiles; elsewhere: on another
    computer than the station's, where there are only the profiles. Raises nothing for what a person may
    have written. clock: tells which limits are in force.
    """
    path = Path(path)
    file = read_toml(path)
    if file.tables is None:
        return None, file.listed()
    drivers, relays = Drivers(path.parent), RelayFiles(path.parent)
    read = _Read(file.tables, file, drivers, relays, clock or Clock(), elsewhere=elsewhere)
    findings = collected(file, drivers, relays)
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    station = read.station_file()
    check_budget(station.lines, station.instruments, file.findings)
    return station, collected(file, drivers, relays)


def collected(file: TomlFile, drivers: Drivers, relays: RelayFiles) -> list[Finding]:
    """The station file's findings in its own order, then those of each profile."""
    return file.listed() + drivers.findings() + relays.findings()


def check_names(tables: dict[str, Any], known: tuple[Table, ...], findings: Findings) -> None:
    """Unknown names outside of all tables."""
    names = [table.name for table in known]
    for name, value in tables.items():
        if name not in names:
            what = "unknown table" if isinstance(value, dict | list) else "unknown key outside of all tables"
            findings.error((name,), what, FOR_BENCH if name == BENCH.name else nearest(name, names))


def check_tables(tables: dict[str, Any], known: tuple[Table, ...], findings: Findings) -> None:
    """Unknown names outside of all tables, and a station file that measures nothing."""
    check_names(tables, known, findings)
    if not tables.get(INSTRUMENT.name) and BENCH not in known:
        findings.warn((INSTRUMENT.name,), "no [[instrument]]: nothing is measured")


class _Read:
    """The checked rows of one station file."""

    def __init__(
        self,
        tables: dict[str, Any],
        file: TomlFile,
        drivers: Drivers,
        relays: RelayFiles,
        clock: Clock,
        *,
        elsewhere: bool,
    ) -> None:
        findings = self._findings = file.findings
        self._path = file.path
        base = file.path.parent
        check_tables(tables, TABLES, findings)
        self._station = _first(read_table(tables, STATION, findings))
        self._mqtts = read_table(tables, MQTT, findings)
        check_destinations(self._mqtts, findings)
        self._journal = _first(read_table(tables, JOURNAL, findings))
        self._archive = _first(read_table(tables, ARCHIVE, findings))
        self._lines = read_table(tables, LINE, findings)
        instruments = read_table(tables, INSTRUMENT, findings)
        self._rules = read_table(tables, RULE, findings)
        self._outputs = read_table(tables, OUTPUT, findings)
        self._outlets = read_table(tables, OUTLET, findings)
        self._phases = read_table(tables, PHASE, findings)
        of_rules = (self._phases, self._rules, self._outputs, self._outlets)
        for rows in (self._lines, instruments, *of_rules):
            check_ids(rows, findings)
        if not elsewhere:
            check_ports(self._lines, findings)
        check_lines_used(self._lines, instruments + self._outputs, findings)
        self._instruments: list[Instrument] = check_instruments(instruments, self._lines, drivers, findings)
        self._loops = read_table(tables, LOOP, findings)
        self._instruments = check_loops(self._loops, self._instruments, findings)
        check_areas(read_table(tables, AREA, findings), self._instruments, findings)
        self._conversions = read_table(tables, CONVERSION, findings)
        self._instruments = check_conversions(self._conversions, self._instruments, findings)
        check_resolutions(self._instruments, findings)
        self._check_values(tables)
        self._check_rules(tables, clock)
        check_kept_out(self._checks, self._rules, findings)
        self._targets = targets_of(self._outputs, self._lines, relays, findings)
        check_modules(self._outputs, self._targets, self._instruments, findings)
        check_alarm_on(self._outputs, self._rules, findings)
        check_horns(self._outputs, findings)
        self._data_dir = check_data_dir(self._station, base, findings) if self._station else None
        if self._data_dir and not elsewhere:
            check_room(
                self._journal, archive_bytes(self._archive, self._instruments), self._data_dir, findings
            )
        if self._station and not elsewhere:
            check_watchdog(self._station, findings)
        self._brokers = [check_mqtt(row, None if elsewhere else base, findings) for row in self._mqtts]

    def _check_values(self, tables: dict[str, Any]) -> None:
        """What is said of the values of channels: plausible, calibrated, averaged, archived."""
        findings = self._findings
        self._checks = read_table(tables, CHECK, findings)
        check_checks(self._checks, self._instruments, findings)
        self._calibrations = read_table(tables, CALIBRATION, findings)
        check_calibrations(self._calibrations, self._instruments, findings)
        if self._archive:
            check_archive(self._archive, self._instruments, findings)
        self._averages = _first(read_table(tables, AVERAGES, findings))
        self._average = read_table(tables, AVERAGE, findings)
        check_averages(self._average, self._instruments, findings)

    def _check_rules(self, tables: dict[str, Any], clock: Clock) -> None:
        """What is held against what, and the life of alarms."""
        findings = self._findings
        offset_min = self._station["utc_offset"] if self._station else None
        day = today(clock.utc_ms(), DEFAULT_OFFSET_MIN if offset_min is None else offset_min)
        take_limits(self._rules, self._instruments, day, findings)
        check_outlets(self._outlets, self._instruments, day, findings)
        check_rules(self._rules, self._phases, self._instruments, findings)
        check_phases(self._phases, self._rules, self._instruments, findings)
        check_suppression(self._rules, self._instruments, findings)
        self._alarms = _first(read_table(tables, ALARMS, findings))
        if self._alarms:
            check_shelf(self._alarms, findings)

    def station_file(self) -> StationFile:
        """Only where there was no error."""
        assert self._station is not None, "a missing [station] is an error"
        assert self._data_dir is not None, "a wrong data_dir is an error"
        station, base = self._station, self._path.parent
        client_id = f"fenceline-{station['site']}-{station['id']}"
        channels = read_channels(self._instruments)
        return StationFile(
            path=self._path,
            id=station["id"],
            site=station["site"],
            data_dir=self._data_dir,
            utc=station["utc"],
            utc_offset_min=station["utc_offset"],
            mqtts=tuple(
                read_mqtt(
                    row, brokers, client_id if len(self._mqtts) == 1 else f"{client_id}-{row['id']}", base
                )
                for row, brokers in zip(self._mqtts, self._brokers, strict=True)
                if brokers is not None
            ),
            journal=read_journal(self._journal),
            archive=read_archive(self._archive),
            lines=read_lines(self._lines),
            instruments=read_instruments(self._instruments),
            loops=read_loops(self._loops),
            conversions=read_conversions(self._conversions, self._instruments),
            checks=read_checks(self._checks, self._instruments),
            calibrations=read_calibrations(self._calibrations),
            channels=channels,
            averages=read_averages(self._averages, self._average, channels),
            rules=read_rules(self._rules, self._instruments),
            phases=read_phases(self._phases),
            shelf=read_shelf(self._alarms),
            outlets=read_outlets(self._outlets, self._instruments),
            watchdog=station["watchdog"],
            outputs=tuple(
                read_output(row, target)
                for row, target in zip(self._outputs, self._targets, strict=True)
                if target is not None
            ),
        )


def _first(rows: list[Row]) -> Row | None:
    return rows[0] if rows else None
