"""Every driver's emulator in a plant: its channels say what is there, and no air is too thick for it."""

from contextlib import suppress

import pytest

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from hardware_sim.plant import Plant, Receptor
from hardware_sim.plant.quantities import UNITS, converted
from tests.dialogue import created
from tests.hardware_sim.plant.scenes import plain
from tests.rig import Lively

AT_S = 8 * 3600
PLACE = [0, 100, 2]
GASES = ("so2", "no", "no2", "co", "h2s", "nh3", "benzene", "voc", "ch4")


def leak(dust_g_s: float, gas_g_s: float) -> str:
    """A source of everything, whose hood takes half."""
    dusts = {"tsp": 3 * dust_g_s, "pm10": 2 * dust_g_s, "pm25": dust_g_s}
    emits = ", ".join(f"{name} = {rate}" for name, rate in {**dusts, **dict.fromkeys(GASES, gas_g_s)}.items())
    source = f'[[source]]\nid = "s"\nkind = "steady"\nat = [0, 0]\nemits = {{ {emits} }}\n'
    return source + "hood = { flow = 1, capture = 0.5 }\n"


LEAK, THICK = leak(1, 2), leak(1e8, 1e9)


def lively(name: str, text: str, **receptor: object) -> Lively:
    scenario = plain(text)
    scenario["receptor"] = {"x": {"at": None, "hood": None, "measures": None, **receptor}}
    return Lively(name, scenario=scenario)


def follows(name: str) -> bool:
    return any(unit in UNITS.get(channel, ()) for channel, unit in created(name).channels)


# A Grimm says several lines at once, and the rig hands over what is said at once as one.
FOLLOWING = [name for name in catalogue.names() if follows(name) and name != "grimm-180"]


def step(value: float) -> float:
    """Of the last digit that an instrument said: 0.1 for 2.5, 1 for 3.0."""
    text = f"{value:.6f}".rstrip("0")
    return float(10 ** -len(text.partition(".")[2]))


@pytest.mark.parametrize("name", FOLLOWING)
def test_its_channels_say_what_is_there(name: str) -> None:
    rig = lively(name, LEAK, at=PLACE).started(0)
    followed = rig.bench.from_plant["x"]
    there = Plant(plain(LEAK)).at(Receptor(*PLACE), AT_S)
    said = rig.measure(AT_S)
    for name_, quantity in followed.items():
        channel = name_ if name_ in said else next(iter(said))
        due = converted(quantity, there[quantity], said[channel].unit)
        assert said[channel].value == pytest.approx(due, rel=0.02, abs=step(said[channel].value) / 2), channel


@pytest.mark.parametrize("name", FOLLOWING)
def test_no_air_is_too_thick(name: str) -> None:
    rig = lively(name, THICK, hood="s").started(0)
    for at_s in (1, 4000, 50_000):
        with suppress(NoAnswer, Refused, WireError):
            rig.measure(at_s)
