"""A plant file: every finding at once, or the Plant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.config import Finding, StationFile
from agent.config.findings import Findings, nearest, shown
from agent.config.lines import check_ids
from agent.config.reader import check_names
from agent.config.table_reader import Row, read_table
from agent.config.toml_file import read_toml
from tools.coverage import annex_3
from tools.coverage.schema import AREA, MONITOR, PLANT, PLANT_TABLES, POINT, ROAD
from tools.coverage.stations import check_instruments

__all__ = ["Place", "Plant", "examine_plant"]

ANYWHERE = [kind for kind, point in annex_3.POINTS.items() if not point.homes]


@dataclass(frozen=True)
class Place:
    """One [[area]], [[point]] or [[road]] (of: "area", "point", "road"); kind of a road: "road".

    area: id of the area that it is, or lies in. material: of a road, whether material is hauled on it.
    """

    of: str
    id: str
    kind: str
    area: str | None
    monitors: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    length_m: float = 0.0
    material: bool = False


@dataclass(frozen=True)
class Plant:
    """monitors: their kind by id. absent: what the plant as a whole has not."""

    id: str
    absent: tuple[str, ...]
    monitors: dict[str, str]
    places: tuple[Place, ...]


def examine_plant(
    path: Path, stations: Sequence[StationFile] | None = None
) -> tuple[Plant | None, list[Finding]]:
    """The plant, or None where the file has errors, and everything that was found.

    stations: holds instruments against them; None: against nothing. Raises nothing for what a person may
    have written.
    """
    file = read_toml(path)
    if file.tables is None:
        return None, file.listed()
    findings = file.findings
    check_names(file.tables, PLANT_TABLES, findings)
    rows = {table.name: read_table(file.tables, table, findings) for table in PLANT_TABLES}
    for table in (MONITOR, AREA, POINT, ROAD):
        check_ids(rows[table.name], findings)
    monitors, areas = rows[MONITOR.name], rows[AREA.name]
    for row in monitors:
        check_instruments(row, stations, findings)
    _check_monitors([*areas, *rows[POINT.name], *rows[ROAD.name]], monitors, findings)
    kinds = {area["id"]: area["kind"] for area in areas}
    for row in rows[ROAD.name] + rows[POINT.name]:
        _check_area(row, kinds, findings)
    for row in rows[POINT.name]:
        _check_home(row, kinds, findings)
    _check_absent(rows, findings)
    found = file.listed()
    return None if any(finding.severity == "error" for finding in found) else _plant(rows), found


def _check_monitors(places: list[Row], monitors: list[Row], findings: Findings) -> None:
    """What places name is there, and what is there is named."""
    ids = [row["id"] for row in monitors if row["id"] is not None]
    used: set[str] = set()
    for row in places:
        for at, name in enumerate(row["monitors"] or ()):
            used.add(name)
            if name not in ids:
                hint = nearest(name, ids) or "there is no [[monitor]] yet"
                findings.error(row.at("monitors", at), f"there is no monitor {shown(name)}", hint)
    if used <= set(ids):  # a misspelt id is the fault, not the monitor that it leaves idle
        for row in monitors:
            if row["id"] is not None and row["id"] not in used:
                findings.warn(
                    row.at("id"), f"{row['id']} watches no place", "name it in the `monitors` of one"
                )


def _check_area(row: Row, kinds: dict[str, str], findings: Findings) -> None:
    name = row["area"]
    if name is not None and name not in kinds:
        hint = nearest(name, [known for known in kinds if known]) or "there is no [[area]] yet"
        findings.error(row.at("area"), f"there is no area {shown(name)}", hint)


def _check_home(row: Row, kinds: dict[str, str], findings: Findings) -> None:
    """A point of a kind that belongs to a kind of area is in one."""
    if row["kind"] is None or not annex_3.POINTS[row["kind"]].homes:
        return
    homes = annex_3.POINTS[row["kind"]].homes
    wanted = f"an area of kind {' or '.join(homes)}"
    if "area" not in row.given:
        findings.error(row.at("area"), f"missing: {row['kind']} belongs in {wanted}", "name that area")
    elif kinds.get(row["area"]) is not None and kinds[row["area"]] not in homes:
        message = f"{row['area']} is {kinds[row['area']]}, and {row['kind']} belongs in {wanted}"
        findings.error(row.at("area"), message, "name another area, or correct a kind")


def _check_absent(rows: dict[str, list[Row]], findings: Findings) -> None:
    """`absent` names kinds that can be, and none that are."""
    listed = [row["kind"] for row in rows[AREA.name] + rows[POINT.name]] + [annex_3.ROAD] * len(
        rows[ROAD.name]
    )
    for row in rows[PLANT.name]:
        known = [*annex_3.AREAS, *ANYWHERE, annex_3.ROAD]
        _check_kinds(row, known, listed, findings)
    for row in rows[AREA.name]:
        known = [kind for kind, point in annex_3.POINTS.items() if row["kind"] in point.homes]
        here = [point["kind"] for point in rows[POINT.name] if point["area"] == row["id"]]
        if row["kind"] is not None:
            _check_kinds(row, known, here, findings)


def _check_kinds(row: Row, known: list[str], listed: Iterable[str], findings: Findings) -> None:
    present = set(listed)
    for at, kind in enumerate(row["absent"] or ()):
        if kind not in known:
            findings.error(
                row.at("absent", at), f"{shown(kind)} is no kind that is asked for here", nearest(kind, known)
            )
        elif kind in present:
            findings.error(
                row.at("absent", at), f"absent, but the file has {kind}", "leave out one of the two"
            )


def _plant(rows: dict[str, list[Row]]) -> Plant:
    """Only for rows without errors."""
    (plant,) = rows[PLANT.name]
    places = [
        Place("area", row["id"], row["kind"], row["id"], _several(row["monitors"]), _several(row["absent"]))
        for row in rows[AREA.name]
    ]
    places += [
        Place("point", row["id"], row["kind"], row["area"], _several(row["monitors"]))
        for row in rows[POINT.name]
    ]
    places += [
        Place(
            "road",
            row["id"],
            annex_3.ROAD,
            row["area"],
            _several(row["monitors"]),
            length_m=row["length_m"],
            material=row["material"],
        )
        for row in rows[ROAD.name]
    ]
    monitors = {row["id"]: row["kind"] for row in rows[MONITOR.name]}
    return Plant(plant["id"], _several(plant["absent"]), monitors, tuple(places))


def _several(names: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names or ()))
