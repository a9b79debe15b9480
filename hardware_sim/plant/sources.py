"""What emits: each kind of source as an activity over time, by which its emission is multiplied."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from hardware_sim.chance import Wander, uniform
from hardware_sim.plant.hours import Arrivals, Hours
from hardware_sim.plant.weather import Weather

__all__ = ["KINDS", "Emitter", "emitters_of"]

Activity = Callable[[float], float]
HOUR_S = 3600
ROAD_PIECES = 6  # of a road, each a source of its own
CONVOY_GAP_S = 20


class Emitter(NamedTuple):
    """A point that emits. activity: by time, what `emits` (g/s by substance) is multiplied by.

    size_m: its width and depth; sound_db: sound power level while active, 0 for none.
    """

    source: str
    x_m: float
    y_m: float
    height_m: float
    size_m: float
    emits: Mapping[str, float]
    activity: Activity
    sound_db: float


class Surroundings(NamedTuple):
    """What a source's activity depends on besides its own row. events: those that name it."""

    seed: int
    weather: Weather
    events: Sequence[Mapping[str, Any]]


def _steady(row: Mapping[str, Any], _: Surroundings) -> Activity:
    """Leaks of doors, lids and flanges: all the time, or within its hours."""
    hours = Hours(row["hours"])
    return lambda t_s: float(hours.holds(t_s))


def _cycle(row: Mapping[str, Any], around: Surroundings) -> Activity:
    """Pushing, charging: `emits` grams each time, over `lasts`, every so often, as a crew keeps its pace."""
    hours, every_s, lasts_s = Hours(row["hours"]), row["every_s"], row["lasts_s"]

    @lru_cache(4096)
    def begins(turn: int) -> float:
        late = 0.15 * uniform(around.seed, f"{row['id']}/turn", turn)
        return float(every_s * (turn + late))

    def activity(t_s: float) -> float:
        turn = int(t_s // every_s)
        last = int((t_s - lasts_s) // every_s) - 1
        going = sum(
            begins(each) <= t_s < begins(each) + lasts_s and hours.holds(begins(each))
            for each in range(last, turn + 1)
        )
        return float(going / lasts_s)

    return activity


def _machine(row: Mapping[str, Any], around: Surroundings) -> Activity:
    """Crusher, screen, belt: runs and pauses within its shifts, under a load that wanders."""
    hours, runs_s, pauses_s = Hours(row["hours"]), row["runs_s"], row["pauses_s"]
    load = Wander(around.seed, f"{row['id']}/load", 60, 300)

    def activity(t_s: float) -> float:
        slot, within_s = divmod(t_s, runs_s + pauses_s)
        pause_s = pauses_s and runs_s * uniform(around.seed, f"{row['id']}/pause", int(slot))
        stands = pause_s <= within_s < pause_s + pauses_s
        return 0.0 if stands or not hours.holds(t_s) else math.exp(0.25 * load.at(t_s))

    return activity


def _loading(row: Mapping[str, Any], around: Surroundings) -> Activity:
    """Tank cars at the depot: they come by chance within the hours, each is filled for `lasts`."""
    arrivals = Arrivals(around.seed, row["id"], row["per_hour"], Hours(row["hours"]))
    return lambda t_s: float(len(arrivals.between(t_s - row["lasts_s"], t_s)))


def _tank(row: Mapping[str, Any], around: Surroundings) -> Activity:
    """A tank that breathes: as the vapour pressure of benzene, and more while it warms in the sun.

    1 in the shade at 20 °C while nothing warms. Vapour pressure: Antoine, 6.90565 - 1211.033 /
    (t + 220.79). How much warming adds is this model's own: half as much again for each K/h, and the
    sun's 1000 W/m2 count as 4 K/h and 10 K in the vapour space.
    """

    def activity(t_s: float) -> float:
        air = around.weather.at(t_s)
        vapour_c = air.temperature_c + air.sun_w_m2 / 100
        pressure = 10 ** (1211.033 / (20 + 220.79) - 1211.033 / (vapour_c + 220.79))
        warming_k_h = max(0.0, around.weather.warming_k_h(t_s) + air.sun_w_m2 / 250)
        return pressure * (1 + 0.5 * warming_k_h)

    return activity


# AP-42 13.2.5 (2006): shares below 30, 10 and 2.5 um of what wind erodes, and 13.2.1 (2011): g for each
# vehicle and km of paved road.
ERODED = {"tsp": 1.0, "pm10": 0.5, "pm25": 0.075}
RAISED_G_KM = {"tsp": 3.23, "pm10": 0.62, "pm25": 0.15}


def _pile(row: Mapping[str, Any], around: Surroundings) -> Activity:
    """A stockyard: wind above `threshold` takes dust from what is freshly disturbed, unless it is wet.

    Erosion potential 58 (u* - ut*)^2 + 25 (u* - ut*) g/m2 for each disturbance, u* = 0.1 of the wind
    over the exposed crest, which is 0.9 of that at 10 m (AP-42 13.2.5, 2006). Made into a rate by this
    model: each second above the threshold emits the potential of a second's share of the disturbances.
    """
    share = row["disturbed_per_hour"] / HOUR_S * row["area_m2"]

    def activity(t_s: float) -> float:
        air = around.weather.at(t_s)
        excess = 0.09 * (air.wind_m_s - row["threshold"])
        potential = 58 * excess * excess + 25 * excess if excess > 0 else 0.0
        return float(share * potential * (1 - air.wetness))

    return activity


def _road(row: Mapping[str, Any], around: Surroundings) -> list[Activity]:
    """Trucks that come by chance within the hours, and in convoys: dust where each one is, if it is dry.

    Emission k sL^0.91 W^1.02 g/km, sL: silt on the road, g/m2; W: weight, t (AP-42 13.2.1, 2011).
    """
    hours = Hours(row["hours"])
    arrivals = Arrivals(around.seed, row["id"], row["per_hour"], hours)
    (x, y), (to_x, to_y) = row["at"], row["to"]
    speed_m_s = row["speed_km_h"] / 3.6
    passes_s = math.hypot(to_x - x, to_y - y) / speed_m_s
    raised = row["silt_g_m2"] ** 0.91 * row["weight_t"] ** 1.02 * speed_m_s / 1000
    extra = [
        event["from_s"] + place * CONVOY_GAP_S
        for event in around.events
        if event["kind"] == "convoy"
        for place in range(event["trucks"])
    ]

    def piece(number: int) -> Activity:
        def activity(t_s: float) -> float:
            first, last = (t_s - passes_s * edge / ROAD_PIECES for edge in (number + 1, number))
            trucks = len(arrivals.between(first, last)) + sum(first < at_s <= last for at_s in extra)
            return float(trucks and trucks * raised * (1 - around.weather.at(t_s).wetness))

        return activity

    return [piece(number) for number in range(ROAD_PIECES)]


KINDS: Mapping[str, Callable[[Mapping[str, Any], Surroundings], Activity]] = {
    "steady": _steady,
    "cycle": _cycle,
    "machine": _machine,
    "loading": _loading,
    "tank": _tank,
    "pile": _pile,
}


def _unless_stopped(activity: Activity, stops: Sequence[Mapping[str, Any]]) -> Activity:
    if not stops:
        return activity
    return lambda t_s: (
        0.0 if any(stop["from_s"] <= t_s < stop["until_s"] for stop in stops) else activity(t_s)
    )


def emitters_of(
    row: Mapping[str, Any], seed: int, weather: Weather, events: Sequence[Mapping[str, Any]]
) -> list[Emitter]:
    """What one [[source]] of the scenario emits; a road is several, a leak at a source one more."""
    own = [event for event in events if event["source"] == row["id"]]
    around = Surroundings(seed, weather, own)
    stops = [event for event in own if event["kind"] == "stop"]

    def emitter(place: Sequence[float], emits: Mapping[str, float], activity: Activity) -> Emitter:
        whole = _unless_stopped(lru_cache(4096)(activity), stops)
        return Emitter(
            row["id"], place[0], place[1], row["height"], row["size"], emits, whole, row["sound"] or 0.0
        )

    found = []
    if row["kind"] == "road":
        for number, activity in enumerate(_road(row, around)):
            share = (number + 0.5) / ROAD_PIECES
            middle = [one + share * (other - one) for one, other in zip(row["at"], row["to"], strict=True)]
            found.append(emitter(middle, RAISED_G_KM, activity))
    else:
        emits = ERODED if row["kind"] == "pile" else row["emits"]
        found.append(emitter(row["at"], emits, KINDS[row["kind"]](row, around)))
    for event in own:
        if event["kind"] == "leak":
            leak = emitter(row["at"], event["emits"], partial(_within, event))
            found.append(leak._replace(sound_db=0.0))
    return found


def _within(event: Mapping[str, Any], t_s: float) -> float:
    return float(event["from_s"] <= t_s < event["until_s"])
