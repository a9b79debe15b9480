"""docs/instruments.md and `fenceline drivers` against the catalogue."""

import json

import pytest
from typer.testing import CliRunner

from drivers import catalogue
from drivers.profile import CLASSES
from tools.cli import app
from tools.instruments_reference import PAGE, TITLES, counts, listing, with_tables

TEXT = PAGE.read_text(encoding="utf-8")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["drivers", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_tables_are_those_of_the_catalogue() -> None:
    assert with_tables(TEXT) == TEXT, "run `python -m tools.instruments_reference`"


def test_a_page_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for its tables"):
        with_tables(TEXT.replace("<!-- drivers -->", ""))


def test_every_class_has_its_title() -> None:
    assert tuple(TITLES) == CLASSES


def test_all_drivers_are_listed_alike_and_each_key_is_documented() -> None:
    code, out, _ = run("--json")
    rows = json.loads(out)
    assert code == 0
    assert rows == json.loads(json.dumps(listing()))
    assert {row["name"] for row in rows} == {*catalogue.names(), *catalogue.relay_names()}
    assert len({tuple(row) for row in rows}) == 1, "every kind of driver has the same keys"
    assert all(f"`{key}`" in TEXT for key in rows[0])


def test_the_list_for_a_person_names_every_driver() -> None:
    code, out, _ = run()
    assert code == 0
    assert all(f"  {name} " in out for name in catalogue.names())
    assert out.splitlines()[-1].startswith(f"{len(listing())} drivers")


def test_a_variant_names_the_driver_of_its_device() -> None:
    families = {row["name"]: row["family"] for row in listing()}
    assert all(families[family] == family for family in families.values())


def test_variants_of_a_device_count_once_and_as_the_best_proven() -> None:
    rows = [
        {"class": kind, "name": name, "family": family, "proven": proven, "vendor": "several" * (name == "e")}
        for kind, name, family, proven in (
            ("tsp", "a", "a", "emulator only"),
            ("tsp", "b", "a", "vendor frame"),
            ("tsp", "c", "c", "independent implementation"),
            ("other", "d", "a", "emulator only"),
            ("other", "e", "e", "vendor frame"),
        )
    ]
    assert counts(rows) == [("tsp", 3, 2, (1, 1, 0)), ("other", 2, 1, (0, 0, 1)), ("all", 5, 2, (1, 1, 0))]


WANTED = {("voc-pid", "voc-fid"): 12, ("gas-detector",): 10, ("tsp",): 20, ("micro-station",): 8}


@pytest.mark.parametrize(("classes", "wanted"), WANTED.items(), ids=str)
def test_there_are_as_many_devices_as_promised(classes: tuple[str, ...], wanted: int) -> None:
    devices = {kind: count for kind, _, count, _ in counts(listing())}
    assert sum(devices[kind] for kind in classes) >= wanted
    assert devices["all"] >= 100


def test_one_driver_with_all_that_is_known_of_it() -> None:
    code, out, _ = run("thermo-5030i")
    assert code == 0
    words = " ".join(out.split())
    assert "channel tsp in ug/m3 or mg/m3" in words
    assert "setting unit (one of ug/m3, mg/m3): the unit set on the instrument" in words
    assert "address 0 to 127" in words
    assert "proven vendor frame" in words


def test_a_name_that_there_is_not() -> None:
    assert run("thermo-5030") == (2, "", "there is no driver 'thermo-5030'; `fenceline drivers` lists them\n")
