"""The sample scenario's day, as drivers read it from the sample bench: its story is in the readings."""

from statistics import mean
from typing import Any

import pytest

from agent.config import examine_bench
from agent.config.scenario import examine_scenario
from drivers import catalogue
from hal.clock import Clock
from hardware_sim.bench import Bench
from tests.hardware_sim.plant.scenes import SAMPLE
from tests.rig import Rig

STEP_MINUTES = 2
Day = dict[str, dict[float, float]]  # by channel: value by hour of the day


class Station(Rig):
    """One instrument of a bench that is there already."""

    def __init__(self, row: dict[str, Any], device: Any) -> None:
        name = row["profile"] or row["driver"]
        self.driver = catalogue.create(name, row["address"], row["settings"])
        self.device = device


@pytest.fixture(scope="module")
def day() -> Day:
    definition, _ = examine_bench(SAMPLE.with_name("bench.toml"))
    assert definition is not None
    scenario, _ = examine_scenario(SAMPLE, [row["id"] for row in definition["instrument"]])
    assert scenario is not None
    made = Bench({**definition, "scenario": scenario}, Clock())
    devices = {slave.id: slave.instrument for line in made.lines.values() for slave in line.slaves}
    found: Day = {}
    for row in definition["instrument"]:
        station = Station(row, devices[row["id"]])
        for minute in range(0, 24 * 60, STEP_MINUTES):
            elapsed_s = minute * 60 / scenario["speed"]
            hour = (scenario["start_s"] / 60 + minute) / 60
            for channel, sample in station.measure(elapsed_s).items():
                assert sample.flag == "N"
                found.setdefault(f"{row['id']}.{channel}", {})[hour] = sample.value
    return found


def within(day: Day, channel: str, start: float, end: float) -> list[float]:
    return [value for hour, value in day[channel].items() if start <= hour < end]


def test_the_leak_is_an_alarm_at_the_pump_and_gone_afterwards(day: Day) -> None:
    assert max(within(day, "pid-benzene.voc", 6, 8.1)) < 5
    assert max(within(day, "pid-benzene.voc", 8.2, 8.6)) > 50
    assert max(within(day, "pid-benzene.voc", 8.7, 10)) < 5


def test_the_hood_has_dust_in_its_shifts_only(day: Day) -> None:
    working = within(day, "tsp-coal-hood.tsp", 7, 14)
    assert mean(working) > 3 * mean(within(day, "tsp-coal-hood.tsp", 23, 30))
    assert min(within(day, "tsp-coal-hood.tsp", 14.55, 14.95)) == max(
        within(day, "tsp-coal-hood.tsp", 14.55, 14.95)
    )


def test_trucks_raise_dust_at_the_yard_by_day_and_rain_lays_it(day: Day) -> None:
    convoy = within(day, "air-yard-exit.pm10", 7.25, 7.4)
    assert max(convoy) > 2 * mean(within(day, "air-yard-exit.pm10", 3 + 24, 5 + 24))
    assert max(within(day, "air-yard-exit.pm10", 15, 17)) < mean(within(day, "air-yard-exit.pm10", 11, 13.5))


def test_the_weather_station_sees_squall_rain_and_calm(day: Day) -> None:
    assert mean(within(day, "air-oven-top.wind_speed", 13.55, 13.8)) > 7
    assert max(within(day, "air-oven-top.wind_speed", 21.6, 23.4)) < 1
    assert min(within(day, "air-oven-top.humidity", 14.1, 14.8)) > 90
    assert max(within(day, "air-oven-top.temperature", 12, 18)) > 4 + max(
        within(day, "air-oven-top.temperature", 26, 29)
    )
