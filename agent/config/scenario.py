"""The scenario of `fenceline sim --scenario`: a plant, its day, and where the bench's instruments stand."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from agent.config.findings import Finding, Findings, nearest, shown
from agent.config.lines import check_ids
from agent.config.reader import check_names
from agent.config.scenario_schema import (
    BACKGROUND,
    EVENT,
    EVENT_KEYS,
    RECEPTOR,
    SCENARIO,
    SCENARIO_TABLES,
    SOURCE,
    SOURCE_KEYS,
    WEATHER,
)
from agent.config.schema import Table
from agent.config.table_reader import Row, read_row, read_table
from agent.config.toml_file import read_toml

__all__ = ["examine_scenario"]

DAY_S = 86400
COMMON = {"source": ("id", "kind", "at", "height", "size", "sound"), "event": ("kind", "at")}
CALM_M_S = 0.3


def examine_scenario(path: Path, instruments: Collection[str]) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The scenario as the plain dict that hardware_sim.bench.Bench takes, or None where it has errors.

    instruments: ids of the bench's. Raises nothing for what a person may have written.
    """
    file = read_toml(Path(path))
    if file.tables is None:
        return None, file.listed()
    findings = file.findings
    check_names(file.tables, SCENARIO_TABLES, findings)
    tables = {table.name: read_table(file.tables, table, findings) for table in SCENARIO_TABLES}
    for table in (WEATHER, BACKGROUND):  # all defaults where they are left out
        tables[table.name] = tables[table.name] or [read_row({}, (table.name,), table, findings)]
    sources = tables[SOURCE.name]
    check_ids(sources, findings)
    for row in sources:
        _check_kind(row, SOURCE, SOURCE_KEYS, findings)
        _check_source(row, findings)
    for row in tables[EVENT.name]:
        _check_kind(row, EVENT, EVENT_KEYS, findings)
        _check_event(row, sources, findings)
    _check_receptors(tables[RECEPTOR.name], sources, instruments, findings)
    found = file.listed()
    return None if any(finding.severity == "error" for finding in found) else _plain(tables), found


def _check_kind(
    row: Row,
    table: Table,
    keys: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
    findings: Findings,
) -> None:
    """Keys that the kind needs, and keys that mean nothing to it."""
    kind = row["kind"]
    if kind is None:
        return
    needed, allowed = keys[kind]
    for name in needed:
        if name not in row.given:
            key = table.key(name)
            example = f"add for example {name} = {key.example}" if key else ""
            findings.error(row.at(name), f"missing: a {kind} needs it", example)
    for key in table.keys:
        if key.name in row.given and key.name not in (*needed, *allowed, *COMMON[table.name]):
            of = ", ".join(each for each, (must, may) in keys.items() if key.name in (*must, *may))
            findings.error(row.at(key.name), f"means nothing for {kind}", f"it belongs to {of}")


def _check_source(row: Row, findings: Findings) -> None:
    if row["to"] is not None and row["to"] == row["at"]:
        findings.error(row.at("to"), "a road without length")
    if row["kind"] == "cycle" and None not in (row["every"], row["lasts"]) and row["lasts"] > row["every"]:
        findings.error(row.at("lasts"), "longer than from one cycle to the next", "see `every`")


def _check_event(row: Row, sources: list[Row], findings: Findings) -> None:
    if row["source"] is None:
        return
    kinds = {source["id"]: source["kind"] for source in sources}
    if row["source"] not in kinds:
        hint = nearest(row["source"], [each for each in kinds if each]) or "there is no [[source]] yet"
        findings.error(row.at("source"), f"there is no source {shown(row['source'])}", hint)
    elif row["kind"] == "convoy" and kinds[row["source"]] not in ("road", None):
        findings.error(
            row.at("source"), f"{row['source']} is no road", "a convoy takes a source of kind road"
        )


def _check_receptors(
    rows: list[Row], sources: list[Row], instruments: Collection[str], findings: Findings
) -> None:
    hoods = {source["id"] for source in sources if source["hood"] is not None}
    placed: set[str] = set()
    for row in rows:
        name = row["instrument"]
        if name is not None and name not in instruments:
            hint = nearest(name, instruments) or "the bench has none"
            findings.error(row.at("instrument"), f"the bench has no instrument {shown(name)}", hint)
        elif name in placed:
            findings.error(row.at("instrument"), f"{name} has a place already", "one [[receptor]] for each")
        placed.add(name)
        if ("at" in row.given) == ("hood" in row.given):
            findings.error(row.at("at"), "a receptor has a place or a hood", "give `at`, or `hood`")
        if row["hood"] is not None and row["hood"] not in hoods:
            hint = nearest(row["hood"], [each for each in hoods if each]) or "no source has one"
            findings.error(row.at("hood"), f"no source {shown(row['hood'])} has a hood", hint)


def _plain(tables: Mapping[str, list[Row]]) -> dict[str, Any]:
    """By table's name its rows, all without errors."""
    (scenario,), (weather,), (background,) = (tables[each.name] for each in (SCENARIO, WEATHER, BACKGROUND))
    start = scenario["start"]
    start_s = start.hour * 3600 + start.minute * 60 + start.second
    return {
        "seed": scenario["seed"],
        "start_s": start_s,
        "day_of_year": start.timetuple().tm_yday,
        "speed": scenario["speed"],
        "ground": scenario["ground"],
        "weather": {key.name: weather[key.name] for key in WEATHER.keys},
        "background": {key.name: background[key.name] for key in BACKGROUND.keys},
        "source": [_source(row) for row in tables[SOURCE.name]],
        "event": [_event(row, start_s) for row in tables[EVENT.name]],
        "receptor": {
            row["instrument"]: {"at": row["at"], "hood": row["hood"], "measures": row["measures"]}
            for row in tables[RECEPTOR.name]
        },
    }


def _source(row: Row) -> dict[str, Any]:
    renamed = {
        "every_s": _seconds(row["every"]),
        "lasts_s": _seconds(row["lasts"]),
        "runs_s": _seconds(row["runs"]),
        "pauses_s": _seconds(row["pauses"]),
        "area_m2": row["area"],
        "disturbed_per_hour": row["disturbed"],
        "silt_g_m2": row["silt"],
        "weight_t": row["weight"],
        "speed_km_h": row["speed"],
        "hours": row["hours"] or (),
    }
    same = ("id", "kind", "at", "to", "height", "size", "emits", "per_hour", "threshold", "hood", "sound")
    return {**{key: row[key] for key in same}, **renamed}


def _event(row: Row, start_s: int) -> dict[str, Any]:
    """at_s: since the scenario's start; a time of the clock is the first behind it."""
    of, at_s = row["at"]
    same = ("kind", "source", "emits", "trucks", "mm", "mm_h", "direction")
    return {
        **{key: row[key] for key in same},
        "speed": CALM_M_S if row["kind"] == "calm" else row["speed"],
        "at_s": (at_s - start_s) % DAY_S if of == "clock" else at_s,
        "lasts_s": _seconds(row["lasts"]) or 0,
    }


def _seconds(ms: int | None) -> int | None:
    return None if ms is None else ms // 1000
