"""The instruments that a [[monitor]] consists of, held against the station files."""

from collections.abc import Sequence

from agent.config import StationFile
from agent.config.findings import Findings, nearest, shown
from agent.config.model import InstrumentSettings
from agent.config.table_reader import Row
from drivers import catalogue
from tools.coverage.annex_3 import MONITORS

__all__ = ["check_instruments"]

# Behind these may stand anything: a 4-20 mA loop, a controller, a device of no stated principle.
UNTOLD = ("analog-input", "plc", "voc", "other", "")


def check_instruments(row: Row, stations: Sequence[StationFile] | None, findings: Findings) -> None:
    """Each instrument is there, and is what the monitor's kind says."""
    names, kind = row["instruments"] or (), row["kind"]
    if not names or kind is None:
        return
    if not MONITORS[kind].classes:
        findings.error(row.at("instruments"), f"{kind} is nothing that is on a line", "leave it out")
        return
    if stations is None:
        findings.warn(
            row.at("instruments"), "not looked up: no sound station file is given", "with --config FILE"
        )
        return
    found = [_found(row, at, name, stations, findings) for at, name in enumerate(names)]
    fits = [each is not None and _check_class(row, at, each[1], findings) for at, each in enumerate(found)]
    if all(fits):
        _check_channels(row, [each for each in found if each is not None], findings)


def _found(
    row: Row, at: int, name: str, stations: Sequence[StationFile], findings: Findings
) -> tuple[StationFile, InstrumentSettings] | None:
    """The one that `id` or `station/id` names; None where there is none, or more than one."""
    every = [(station, each) for station in stations for each in station.instruments]
    found = [pair for pair in every if name in (pair[1].id, f"{pair[0].id}/{pair[1].id}")]
    if len(found) == 1:
        return found[0]
    if found:
        ways = " or ".join(f"{station.id}/{each.id}" for station, each in found)
        findings.error(row.at("instruments", at), f"{shown(name)} is on several stations", f"write {ways}")
    else:
        close = nearest(name, [each.id for _, each in every], list_all=len(every) <= 8)
        message = f"no station file given has an instrument {shown(name)}"
        findings.error(row.at("instruments", at), message, close)
    return None


def _check_class(row: Row, at: int, instrument: InstrumentSettings, findings: Findings) -> bool:
    """Whether its driver's class is not a wrong one."""
    kind = row["kind"]
    device = _class_of(instrument)
    if device in MONITORS[kind].classes:
        return True
    if device in UNTOLD:
        said = device or "a profile without class"
        message = f"{instrument.id} ({said}) does not tell whether it is {MONITORS[kind].what}"
        findings.warn(row.at("instruments", at), message, "somebody has to look")
        return True
    message = f"{instrument.id} is a {device} ({instrument.driver}), which is not {MONITORS[kind].what}"
    hint = f"of class {' or '.join(MONITORS[kind].classes)}; `fenceline drivers` shows which are"
    findings.error(row.at("instruments", at), message, hint)
    return False


def _class_of(instrument: InstrumentSettings) -> str:
    if instrument.profile is not None:
        return str(instrument.profile["profile"].get("class", ""))
    return str(catalogue.describe(instrument.driver).about["class"])


def _check_channels(
    row: Row, known: list[tuple[StationFile, InstrumentSettings]], findings: Findings
) -> None:
    """Together they measure what the kind needs."""
    monitor = MONITORS[row["kind"]]
    channels = {channel.name for station, each in known for channel in station.channels_of(each.id)}
    missing = [name for name in monitor.all_of if name not in channels]
    if monitor.any_of and channels.isdisjoint(monitor.any_of):
        missing.append(" or ".join(monitor.any_of))
    if missing and not any(_class_of(each) in UNTOLD for _, each in known):
        has = ", ".join(sorted(channels))
        findings.error(row.at("instruments"), f"no channel {', no '.join(missing)}", f"there are {has}")
