"""The whole plant of a scenario, and what an instrument at some place in it meets."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from hardware_sim.chance import Wander
from hardware_sim.plant.plume import CALMEST_M_S, dilution, spread
from hardware_sim.plant.quantities import DUSTS, QUANTITIES, SUBSTANCES, THICKEST_UG_M3, converted, derived
from hardware_sim.plant.sources import Emitter, emitters_of
from hardware_sim.plant.weather import Air, Weather
from hardware_sim.source import Source

__all__ = ["Plant", "PlantSource", "Receptor"]

REMEMBERED = 256  # moments of a place: its channels are asked together, and lines not far apart
DIGITS = 6  # told of a value: the libraries of two machines may differ in the sixteenth
NEAREST_M = 1.0  # of a sound


class Receptor(NamedTuple):
    """Where an instrument measures: in the open, or in the hood of a source (then its id)."""

    x_m: float
    y_m: float
    z_m: float
    hood: str | None = None


class Plant:
    """scenario: as agent.config.scenario reads it: {"seed", "start_s" (of the day), "day_of_year",
    "speed", "ground", "weather", "background", "source": [...], "event": [...]}.

    All values are functions of the plant's whole seconds; time within it counts from midnight before
    the start. Asking in another order, or twice, changes nothing.
    """

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.start_s, self.speed = scenario["start_s"], scenario["speed"]
        self._ground = scenario["ground"]
        self._background = scenario["background"]
        seed = scenario["seed"]
        events = [
            {
                **event,
                "from_s": self.start_s + event["at_s"],
                "until_s": self.start_s + event["at_s"] + event["lasts_s"],
            }
            for event in scenario["event"]
        ]
        self._weather = Weather(seed, scenario["weather"], scenario["day_of_year"], events)
        self._haze = Wander(seed, "background", 600, 3 * 3600)
        self.hoods = {row["id"]: row["hood"] for row in scenario["source"] if row["hood"]}
        self._emitters = [
            emitter for row in scenario["source"] for emitter in emitters_of(row, seed, self._weather, events)
        ]
        self._met = lru_cache(REMEMBERED)(self._meets)

    def second(self, elapsed_s: float) -> int:
        """The plant's time (seconds from midnight before its start) at a moment of the bench."""
        return math.floor(float(self.start_s + elapsed_s * self.speed))

    def at(self, place: Receptor, t_s: int) -> Mapping[str, float]:
        """All QUANTITIES there and then, each in its own unit inside."""
        return self._met(place, t_s)

    def in_hood(self, source: str) -> Receptor:
        """The place of an instrument in the hood of this source."""
        emitter = next(each for each in self._emitters if each.source == source)
        return Receptor(emitter.x_m, emitter.y_m, emitter.height_m, source)

    def air(self, t_s: int) -> Air:
        """The weather."""
        return self._weather.at(t_s)

    def _meets(self, place: Receptor, t_s: int) -> dict[str, float]:
        air = self._weather.at(t_s)
        ug_m3 = self._around(air, t_s)
        if place.hood is None:
            self._add_plumes(ug_m3, place, air, t_s)
        else:
            self._add_hood(ug_m3, place.hood, t_s)
        for substance, thickest in THICKEST_UG_M3.items():
            ug_m3[substance] = min(ug_m3[substance], thickest)
        found = {
            **ug_m3,
            **derived(ug_m3),
            "wind_speed": air.wind_m_s,
            "wind_direction": air.wind_direction_deg,
            "temperature": air.temperature_c,
            "dew_point": air.dew_point_c,
            "humidity": air.humidity_percent,
            "pressure": air.pressure_hpa,
            "rain": air.rain_mm_h,
            "sun": air.sun_w_m2,
            "noise": self._noise_db(place, t_s),
        }
        return {quantity: found[quantity] for quantity in QUANTITIES}

    def _around(self, air: Air, t_s: int) -> dict[str, float]:
        """What blows in from outside: haze that wanders and is washed out, ozone that the sun makes."""
        haze = math.exp(0.15 * self._haze.at(t_s))
        found = {substance: float(self._background[substance]) for substance in SUBSTANCES}
        for dust in DUSTS:
            found[dust] *= haze * air.washed
        found["o3"] *= 0.5 + air.sun_w_m2 / 1000
        return found

    def _add_plumes(self, ug_m3: dict[str, float], place: Receptor, air: Air, t_s: int) -> None:
        bearing = math.radians(air.wind_direction_deg)
        toward_x, toward_y = -math.sin(bearing), -math.cos(bearing)
        for emitter in self._emitters:
            east_m, north_m = place.x_m - emitter.x_m, place.y_m - emitter.y_m
            downwind_m = east_m * toward_x + north_m * toward_y
            if downwind_m <= 0:
                continue
            travels_s = math.floor(downwind_m / max(air.mean_wind_m_s, CALMEST_M_S))
            activity = emitter.activity(t_s - travels_s)
            if not activity:
                continue
            aside_m = east_m * toward_y - north_m * toward_x
            wide = spread(self._ground, air.stability, downwind_m, emitter.size_m, emitter.size_m)
            share = dilution(wide, air.wind_m_s, aside_m, place.z_m, emitter.height_m) * activity * 1e6
            kept = math.exp(-air.scavenged_1_s * travels_s)
            escaped = 1 - self._captured(emitter)
            for substance, rate_g_s in emitter.emits.items():
                ug_m3[substance] += share * escaped * rate_g_s * (kept if substance in DUSTS else 1.0)

    def _add_hood(self, ug_m3: dict[str, float], source: str, t_s: int) -> None:
        """In a hood, behind its filter: what it captures, in the air that it draws."""
        hood = self.hoods[source]
        for emitter in self._emitters:
            activity = emitter.activity(t_s) if emitter.source == source else 0.0
            for substance, rate_g_s in emitter.emits.items():
                ug_m3[substance] += activity * rate_g_s * self._captured(emitter) / hood["flow"] * 1e6
        for dust in DUSTS:
            ug_m3[dust] *= 1 - hood["filter"]

    def _captured(self, emitter: Emitter) -> float:
        hood = self.hoods.get(emitter.source)
        return float(hood["capture"]) if hood else 0.0

    def _noise_db(self, place: Receptor, t_s: int) -> float:
        """Sound of all that works, each a point above hard ground: ISO 9613-2, 20 lg r + 11 - 3."""
        energy = 10 ** (self._background["noise"] / 10)
        for emitter in self._emitters:
            if emitter.sound_db and emitter.activity(t_s):
                away_m = math.hypot(
                    place.x_m - emitter.x_m, place.y_m - emitter.y_m, place.z_m - emitter.height_m
                )
                energy += 10 ** ((emitter.sound_db - 20 * math.log10(max(away_m, NEAREST_M)) - 8) / 10)
        return 10 * math.log10(energy)


class PlantSource(Source):
    """One quantity at one place, in the unit of the channel. Raises KeyError for a unit that it has not."""

    def __init__(
        self,
        plant: Plant,
        place: Receptor,
        quantity: str,
        unit: str,
        *,
        where: str,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__(where, noise, seed)
        converted(quantity, 0.0, unit)
        self._plant, self._place, self._quantity, self._unit = plant, place, quantity, unit

    def at(self, elapsed_s: float) -> float:
        """The plant's value in its whole second."""
        met = self._plant.at(self._place, self._plant.second(elapsed_s))
        return float(f"{converted(self._quantity, met[self._quantity], self._unit):.{DIGITS}g}")
