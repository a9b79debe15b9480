"""The limits that ship: each value against a table written by hand, not from the files."""

from datetime import date

import pytest

from agent.limits import FACTORS, STATES, STATISTICS, documents, limits

# base O2, then pm, so2, nox, nmhc, nh3; mg/m3, hourly means: Annex 1 of the draft of 2023-06-15.
ANNEX_1 = """
coke-oven-stack   8    10   30   150  100  8
pushing           -    10   30   -    -    -
charging          -    10   70   -    -    -
dry-quenching     -    10   50   -    -    -
heating-furnace   3.5  15   30   150  -    -
wastewater        -    -    -    -    100  -
voc-combustion    3    -    200  200  -    -
gas-boiler        3    5    35   50   -    -
coal-boiler       6    10   35   50   -    -
gas-turbine       15   5    35   50   -    -
oil-boiler        3    10   35   50   -    -
"""
OTHERS = """
gb-37822-2019/in-plant/nmhc-hour           10    mg/m3 hour
gb-37822-2019/in-plant/nmhc-single         30    mg/m3 rtd
gb-37822-2019/in-plant-special/nmhc-hour   6     mg/m3 hour
gb-37822-2019/in-plant-special/nmhc-single 20    mg/m3 rtd
gb-16171-2012/oven-top/pm                   2.5   mg/m3 -
gb-16171-2012/oven-top/bap                  2.5   ug/m3 -
gb-16171-2012/oven-top/h2s                  0.1   mg/m3 -
gb-16171-2012/oven-top/nh3                  2.0   mg/m3 -
gb-16171-2012/oven-top/bso                  0.6   mg/m3 -
gb-16171-2012/boundary/pm                   1.0   mg/m3 hour
gb-16171-2012/boundary/so2                  0.50  mg/m3 hour
gb-16171-2012/boundary/nox                  0.25  mg/m3 hour
gb-16171-2012/boundary/nh3                  0.2   mg/m3 hour
gb-16171-2012/boundary/h2s                  0.01  mg/m3 hour
gb-16171-2012/boundary/benzene              0.4   mg/m3 hour
gb-16171-2012/boundary/phenols              0.02  mg/m3 hour
gb-16171-2012/boundary/hcn                  0.024 mg/m3 hour
gb-16171-2012/boundary/bap                  0.01  ug/m3 hour
gb-16297-1996/boundary/pm                   1.0   mg/m3 hour
gb-16297-1996/boundary/nmhc                 4.0   mg/m3 hour
gb-16297-1996/boundary/benzene              0.40  mg/m3 hour
gb-16297-1996/boundary/toluene              2.4   mg/m3 hour
gb-16297-1996/boundary/xylene               1.2   mg/m3 hour
gb-16297-1996/boundary/phenols              0.080 mg/m3 hour
gb-16297-1996/boundary/so2                  0.40  mg/m3 hour
gb-16297-1996/boundary/nox                  0.12  mg/m3 hour
gb-16297-1996/boundary/bap                  0.008 ug/m3 hour
gb-3095-2012/class-1/pm25-year              15    ug/m3 year
gb-3095-2012/class-1/pm25-day               35    ug/m3 day
gb-3095-2012/class-1/pm10-year              40    ug/m3 year
gb-3095-2012/class-1/pm10-day               50    ug/m3 day
gb-3095-2012/class-1/tsp-year               80    ug/m3 year
gb-3095-2012/class-1/tsp-day                120   ug/m3 day
gb-3095-2012/class-2/pm25-year              35    ug/m3 year
gb-3095-2012/class-2/pm25-day               75    ug/m3 day
gb-3095-2012/class-2/pm10-year              70    ug/m3 year
gb-3095-2012/class-2/pm10-day               150   ug/m3 day
gb-3095-2012/class-2/tsp-year               200   ug/m3 year
gb-3095-2012/class-2/tsp-day                300   ug/m3 day
gb-t-50493-2019/level-1/combustible          25    %LEL  rtd
gb-t-50493-2019/level-2/combustible          50    %LEL  rtd
"""
# factor, statistic, unit; step 1 class I, class II; step 2 class I, class II
GB_3095_2026 = """
pm25 day  ug/m3 35  60  25  50
pm25 year ug/m3 15  30  10  25
pm10 day  ug/m3 50  120 50  100
pm10 year ug/m3 40  60  20  50
so2  day  ug/m3 50  150 50  50
so2  year ug/m3 20  60  20  20
so2  hour ug/m3 150 500 150 150
no2  day  ug/m3 80  80  50  50
no2  year ug/m3 40  40  30  30
no2  hour ug/m3 200 200 200 200
o3   8h   ug/m3 100 160 100 160
o3   hour ug/m3 160 200 160 200
co   day  mg/m3 4   4   4   4
co   hour mg/m3 10  10  10  10
"""
GAS_ALARMS = """
h2s 10 20
co 20 40
nh3 20 40
benzene 6 12
toluene 50 100
xylene 50 100
phenol 10 20
methanol 25 50
hcn 1 2
so2 5 10
no2 5 10
"""


def lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def expected() -> dict[str, tuple[float, str, str | None]]:
    """By id: value, unit, statistic."""
    found: dict[str, tuple[float, str, str | None]] = {
        name: (float(value), unit, None if statistic == "-" else statistic)
        for name, value, unit, statistic in lines(OTHERS)
    }
    for link, _, *values in lines(ANNEX_1):
        for factor, value in zip(("pm", "so2", "nox", "nmhc", "nh3"), values, strict=True):
            if value != "-":
                found[f"coking-ule-2023/{link}/{factor}"] = float(value), "mg/m3", "hour"
    for factor, statistic, unit, *values in lines(GB_3095_2026):
        places = ("class-1-to-2030", "class-2-to-2030", "class-1-from-2031", "class-2-from-2031")
        for place, value in zip(places, values, strict=True):
            found[f"gb-3095-2026/{place}/{factor}-{statistic}"] = float(value), unit, statistic
    for factor, *values in lines(GAS_ALARMS):
        for level, value in enumerate(values, 1):
            found[f"gb-t-50493-2019/level-{level}/{factor}"] = float(value), "mg/m3", "rtd"
    return found


def test_every_limit_is_in_the_tables_and_the_other_way_round() -> None:
    assert {limit.id: (limit.value, limit.unit, limit.statistic) for limit in limits().values()} == expected()


def test_each_id_stands_once_and_every_word_is_a_known_one() -> None:
    every = [limit for document in documents() for limit in document.limits]
    assert len(limits()) == len(every)
    for limit in every:
        name = limit.id.rsplit("/", 1)[1]
        assert name in (limit.factor, f"{limit.factor}-{limit.statistic}", f"{limit.factor}-single"), limit.id
        assert limit.factor in FACTORS
        assert limit.statistic is None or limit.statistic in STATISTICS
        assert limit.state is None or limit.state in STATES
        assert limit.valid_to is None or (limit.valid_from or date.min) <= limit.valid_to


def test_no_word_of_the_vocabulary_is_idle() -> None:
    assert {limit.factor for limit in limits().values()} == set(FACTORS)
    assert {limit.statistic for limit in limits().values()} - {None} == set(STATISTICS)
    assert {limit.state for limit in limits().values()} - {None} == set(STATES)


@pytest.mark.parametrize(("link", "oxygen"), [(row[0], row[1]) for row in lines(ANNEX_1)])
def test_annex_1_names_its_baseline_oxygen(link: str, oxygen: str) -> None:
    rows = [limit for limit in limits().values() if limit.id.startswith(f"coking-ule-2023/{link}/")]
    assert {row.base_o2 for row in rows} == {None if oxygen == "-" else float(oxygen)}
    assert {row.state for row in rows} == {"std_dry"}
    assert {row.edition for row in rows} == {"draft-2023"}
    assert all("Annex 1" in row.source for row in rows)


def test_baseline_oxygen_stands_nowhere_else() -> None:
    assert {name.split("/")[0] for name, limit in limits().items() if limit.base_o2} == {"coking-ule-2023"}


def test_gases_of_the_ambient_air_are_at_25_degrees_and_particles_as_they_are() -> None:
    for name, limit in limits().items():
        if name.startswith("gb-3095-"):
            particles = limit.factor in ("pm25", "pm10", "tsp")
            assert limit.state == ("actual" if particles else "25C"), name


def test_the_footnotes_stand_with_what_they_are_for() -> None:
    ammonia = limits()["coking-ule-2023/coke-oven-stack/nh3"]
    assert ammonia.condition == "only where desulfurisation or denitrification uses ammonia"
    assert ammonia.source.endswith("Annex 1, note a")
    assert limits()["coking-ule-2023/coke-oven-stack/so2"].condition is None
    for factor in ("so2", "nox"):
        limit = limits()[f"coking-ule-2023/voc-combustion/{factor}"]
        assert limit.source.endswith("Annex 1, note b")
        for word in ("make-up air", "measured concentration", "no more oxygen at the outlet"):
            assert word in (limit.condition or "")


def test_nothing_claims_a_confirmation_that_nobody_made() -> None:
    """No final text was at hand for any of them: who reads one sets `confirmed`, and this list."""
    assert [name for name, limit in limits().items() if limit.confirmed] == []


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("gb-3095-2026/class-2-to-2030/pm25-day", date(2026, 2, 28), "not in force before 2026-03-01"),
        ("gb-3095-2026/class-2-to-2030/pm25-day", date(2026, 3, 1), ""),
        ("gb-3095-2026/class-2-to-2030/pm25-day", date(2030, 12, 31), ""),
        ("gb-3095-2026/class-2-to-2030/pm25-day", date(2031, 1, 1), "no longer in force after 2030-12-31"),
        ("gb-3095-2026/class-2-from-2031/pm25-day", date(2030, 12, 31), "not in force before 2031-01-01"),
        ("gb-3095-2026/class-2-from-2031/pm25-day", date(2031, 1, 1), ""),
        ("gb-3095-2012/class-2/pm25-day", date(2026, 2, 28), ""),
        ("gb-3095-2012/class-2/pm25-day", date(2026, 3, 1), "no longer in force after 2026-02-28"),
        ("gb-16171-2012/boundary/pm", date(2026, 12, 31), ""),
        ("gb-16171-2012/boundary/pm", date(2027, 1, 1), "no longer in force after 2026-12-31"),
        ("gb-37822-2019/in-plant/nmhc-hour", date(2019, 6, 30), "not in force before 2019-07-01"),
        ("coking-ule-2023/pushing/pm", date(2024, 1, 18), "not in force before 2024-01-19"),
        ("coking-ule-2023/pushing/pm", date(2024, 1, 19), ""),
    ],
)
def test_in_force_from_the_first_day_to_the_last(name: str, day: date, said: str) -> None:
    assert limits()[name].not_in_force(day) == said
