"""A plant held against Annex 3: every demand, and what meets it. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tools.coverage.annex_3 import AREAS, CLAUSE, POINTS, ROAD, ROAD_ALONE_M
from tools.coverage.plant import Place, Plant

__all__ = ["Held", "hold"]

UNLISTED = "not in the file: list it, or name it in `absent`"


@dataclass(frozen=True)
class Held:
    """One demand. place: "area", "point" or "road"; id: None where the file lists no such place.

    area: id of the area, None where it lies in none. needs: kinds of monitor, any of which will do. monitors:
    those that meet it. gap: why it is not met, "" where it is.
    """

    place: str
    id: str | None
    kind: str
    area: str | None
    needs: tuple[str, ...]
    monitors: tuple[str, ...]
    gap: str
    clause: str

    def as_dict(self) -> dict[str, Any]:
        """The contract of `--json`: docs/coverage.md."""
        return {**asdict(self), "covered": not self.gap}


def hold(plant: Plant) -> list[Held]:
    """Every demand: of the plant as a whole, then of each area with what lies in it, then of the rest."""
    areas = [place for place in plant.places if place.of == "area"]
    held = list(_unlisted_in_plant(plant, areas))
    for area in areas:
        inside = [place for place in plant.places if place.area == area.id and place.of != "area"]
        held += _of_area(plant, area, inside)
        for place in inside:
            held += _of_place(plant, place, area)
    for place in plant.places:
        if place.area is None:
            held += _of_place(plant, place, None)
    return held


def _unlisted_in_plant(plant: Plant, areas: list[Place]) -> Iterator[Held]:
    """Kinds of area, of point anywhere, and roads, of which the file has none."""
    for kind, area in AREAS.items():
        if area.needs or any(kind in point.homes for point in POINTS.values()):
            needs = area.needs or ((),)
            if kind not in plant.absent and all(kind != place.kind for place in areas):
                yield Held("area", None, kind, None, needs[0], (), UNLISTED, CLAUSE)
    listed = {place.kind for place in plant.places if place.of != "area"} | set(plant.absent)
    for kind, point in POINTS.items():
        if not point.homes and kind not in listed:
            yield from (
                Held("point", None, kind, None, (need,), (), UNLISTED, point.clause) for need in point.needs
            )
    if ROAD not in listed:
        yield Held("road", None, ROAD, None, ("micro-station",), (), UNLISTED, CLAUSE)


def _of_area(plant: Plant, area: Place, inside: list[Place]) -> Iterator[Held]:
    """What the area needs as a whole, anywhere in it, and kinds of point that it should have."""
    here = tuple(dict.fromkeys(name for place in (area, *inside) for name in place.monitors))
    for needs in AREAS[area.kind].needs:
        yield _held(plant, area, needs, here, CLAUSE)
    listed = {place.kind for place in inside} | set(area.absent)
    for kind, point in POINTS.items():
        if area.kind in point.homes and kind not in listed:
            for need in point.needs:
                yield Held("point", None, kind, area.id, (need,), (), UNLISTED, point.clause)


def _of_place(plant: Plant, place: Place, area: Place | None) -> Iterator[Held]:
    if place.of == "road":
        if place.material and place.length_m > ROAD_ALONE_M:
            yield _held(plant, place, ("micro-station",), place.monitors, CLAUSE)
        return
    if place.of == "point":
        for need in POINTS[place.kind].needs:
            # One control system records a whole area; a camera or a stack's monitor sees one place.
            shared = area.monitors if area and need == "dcs" else ()
            yield _held(plant, place, (need,), (*place.monitors, *shared), POINTS[place.kind].clause)


def _held(plant: Plant, place: Place, needs: tuple[str, ...], names: tuple[str, ...], clause: str) -> Held:
    met = tuple(dict.fromkeys(name for name in names if plant.monitors[name] in needs))
    has = ", ".join(f"{name} ({plant.monitors[name]})" for name in dict.fromkeys(place.monitors))
    gap = "" if met else f"has only {has}" if has else "has no monitor"
    return Held(place.of, place.id, place.kind, place.area, needs, met, gap, clause)
