"""Which demand is met by what. The demands stand here once more, written from the policy's Annex 3."""

from pathlib import Path

import pytest

from tools.coverage import Held, Plant, examine_plant, hold
from tools.coverage.annex_3 import AREAS, POINTS

# Annex 3: kind of monitor; kind of area, or * for the whole plant; its points.
ANNEX_3 = """
cems           coking            coke-oven-stack standby-stack charging pushing dry-quenching gas-boiler
dcs            coking            ovens flue-gas-treatment charging pushing dry-quenching control-centre
dcs            coking            gas-boiler generator
dcs            gas-purification  control-centre gas-network flare tanks voc-treatment
dcs            deep-processing   heating-furnace distillation loading voc-treatment
hd-video       stockyard         store-entrance
hd-video       coking            oven-top machine-side coke-side cdq-charging wet-quench-tower screening
hd-video       coking            truck-loading
tsp            *                 hood
micro-station  stockyard         store-entrance
micro-station  *                 haul-junction
gate           *                 vehicle-entrance
nh3-leak       *                 ammonia-storage
"""
DEMANDS = sorted(
    (area, point, monitor)
    for monitor, area, *points in map(str.split, ANNEX_3.strip().splitlines())
    for point in points
)
ANYWHERE = ["ammonia-storage", "haul-junction", "hood", "road", "vehicle-entrance"]
EVERY_AREA = ["coking", "deep-processing", "gas-purification", "stockyard", "tank-farm"]


def plant(folder: Path, text: str, absent: list[str]) -> Plant:
    path = folder / "plant.toml"
    said = f"absent = {absent}\n" if absent else ""
    path.write_text(f'[plant]\nid = "works"\n{said}{text}')
    read, findings = examine_plant(path)
    assert read is not None, findings
    return read


def one_area(folder: Path, kind: str, text: str = "", keys: str = "") -> list[Held]:
    """A plant of that area alone; its own demands are those that have an area."""
    absent = [each for each in EVERY_AREA + ANYWHERE if each != kind and f'"{each}"' not in text]
    absent = [each for each in absent if not (each == "road" and "[[road]]" in text)]
    return hold(plant(folder, f'[[area]]\nid = "a"\nkind = "{kind}"\n{keys}\n{text}', absent))


def point(kind: str, watching: list[str], name: str = "p") -> str:
    watched = f"monitors = {watching}\n" if watching else ""
    return f'[[point]]\nid = "{name}"\nkind = "{kind}"\narea = "a"\n{watched}'


def monitors(*kinds: str) -> str:
    return "".join(f'[[monitor]]\nid = "m-{kind}"\nkind = "{kind}"\n' for kind in kinds)


def test_the_demands_on_points_are_those_of_annex_3() -> None:
    ours = [
        (home, kind, need)
        for kind, each in POINTS.items()
        for home in each.homes or ("*",)
        for need in each.needs
    ]
    assert sorted(ours) == DEMANDS
    assert {kind for kind, each in POINTS.items() if each.clause != "Annex 3"} == {"ammonia-storage"}


def test_the_demands_on_areas_are_those_of_annex_3() -> None:
    """Oven area: a micro-station. PID or FID in three areas, and an FID in gas purification."""
    assert {kind: each.needs for kind, each in AREAS.items() if each.needs} == {
        "coking": (("micro-station",),),
        "gas-purification": (("fid",),),
        "tank-farm": (("fid", "pid"),),
        "deep-processing": (("fid", "pid"),),
    }


def test_an_empty_plant_lacks_everything(tmp_path: Path) -> None:
    held = hold(plant(tmp_path, "", []))
    assert all(each.gap and each.id is None for each in held)
    assert sorted({each.kind for each in held}) == sorted(EVERY_AREA + ANYWHERE)


@pytest.mark.parametrize("kind", EVERY_AREA)
def test_an_area_lacks_every_point_that_it_neither_lists_nor_denies(tmp_path: Path, kind: str) -> None:
    lacking = [(kind, each.kind, each.needs[0]) for each in one_area(tmp_path, kind) if each.place == "point"]
    assert sorted(lacking) == [each for each in DEMANDS if each[0] == kind]
    points = sorted({each[1] for each in DEMANDS if each[0] == kind})
    if points:
        denied = one_area(tmp_path, kind, keys=f"absent = {points}")
        assert [each for each in denied if each.place == "point"] == []


@pytest.mark.parametrize(("area", "kind", "need"), DEMANDS)
def test_each_point_is_covered_by_its_own_kind_of_monitor_alone(
    tmp_path: Path, area: str, kind: str, need: str
) -> None:
    home = "stockyard" if area == "*" else area
    others = [each for each in ("cems", "dcs", "hd-video", "tsp", "micro-station", "gate") if each != need]
    for watching, covered in (([need], True), (others, False), ([], False)):
        text = monitors(*watching) + point(kind, [f"m-{each}" for each in watching])
        (held,) = [each for each in one_area(tmp_path, home, text) if each.id == "p" and need in each.needs]
        assert (held.gap == "") == covered
        assert held.monitors == ((f"m-{need}",) if covered else ())


@pytest.mark.parametrize(
    ("kind", "watching", "gap"),
    [
        ("gas-purification", [], "has no monitor"),
        ("gas-purification", ["pid"], "has only m-pid (pid)"),
        ("gas-purification", ["pid", "fid"], ""),
        ("tank-farm", [], "has no monitor"),
        ("tank-farm", ["tsp"], "has only m-tsp (tsp)"),
        ("tank-farm", ["pid"], ""),
        ("tank-farm", ["fid"], ""),
        ("deep-processing", ["pid"], ""),
        ("deep-processing", ["cems"], "has only m-cems (cems)"),
        ("coking", ["tsp"], "has only m-tsp (tsp)"),
        ("coking", ["micro-station"], ""),
    ],
)
def test_what_an_area_needs_as_a_whole(tmp_path: Path, kind: str, watching: list[str], gap: str) -> None:
    keys = f"monitors = {[f'm-{each}' for each in watching]}" if watching else ""
    (held,) = [each for each in one_area(tmp_path, kind, monitors(*watching), keys) if each.place == "area"]
    assert held.gap == gap


def test_a_monitor_at_a_point_of_the_area_is_in_the_area(tmp_path: Path) -> None:
    text = monitors("fid") + point("tanks", ["m-fid"])
    (held,) = [each for each in one_area(tmp_path, "gas-purification", text) if each.place == "area"]
    assert held.monitors == ("m-fid",)


def test_the_control_system_of_an_area_is_that_of_its_points_and_its_camera_is_not(tmp_path: Path) -> None:
    text = monitors("dcs", "hd-video", "cems") + point("ovens", []) + point("oven-top", [], "q")
    held = one_area(tmp_path, "coking", text, 'monitors = ["m-dcs", "m-hd-video", "m-cems"]')
    assert [each.gap for each in held if each.id == "p"] == [""]
    assert [each.gap for each in held if each.id == "q"] == ["has no monitor"]


@pytest.mark.parametrize(
    ("keys", "gap"),
    [
        ("length_m = 200", None),
        ("length_m = 200.1", "has no monitor"),
        ("length_m = 5000\nmaterial = false", None),
        ('length_m = 5000\nmonitors = ["m-micro-station"]', ""),
        ('length_m = 5000\nmonitors = ["m-tsp"]', "has only m-tsp (tsp)"),
    ],
)
def test_a_material_road_over_200_m_needs_a_micro_station(tmp_path: Path, keys: str, gap: str | None) -> None:
    text = monitors("micro-station", "tsp") + f'[[road]]\nid = "r"\n{keys}\n'
    held = [each for each in one_area(tmp_path, "stockyard", text) if each.place == "road"]
    assert [each.gap for each in held] == ([] if gap is None else [gap])


def test_each_of_two_areas_is_held_by_itself(tmp_path: Path) -> None:
    text = monitors("pid") + '[[area]]\nid = "b"\nkind = "tank-farm"\nmonitors = ["m-pid"]\n'
    held = [each for each in one_area(tmp_path, "tank-farm", text) if each.place == "area"]
    assert [(each.id, each.gap) for each in held] == [("a", "has no monitor"), ("b", "")]
