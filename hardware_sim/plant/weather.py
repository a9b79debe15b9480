"""The weather over the plant: one wind, one rain and one temperature for all of it."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from hardware_sim.chance import Wander, uniform
from hardware_sim.plant.sky import elevation, radiation_w_m2, stability

__all__ = ["Air", "Weather"]

DAY_S, HOUR_S = 86400, 3600
WET_STEP_S = 300
DRIES_WITHIN_S = 2 * HOUR_S  # what a road loses of its water, to 1/e
WET_MM = 1.0  # of water upon the ground: nothing rises any more
CLEAN_FOR_S = 3 * HOUR_S  # until washed air has been replaced, to 1/e
WEIGHS_FOR_S = 12 * HOUR_S  # of either less than 2 % is left then
REMEMBERED = 4096


class Air(NamedTuple):
    """wind_direction: where it comes from, degrees. mean_wind: without gusts. cloud: 0..1.

    wetness: of the ground, 0 dry..1 (no dust rises). washed: share of the background's dust that
    rain has left. scavenged: share of a plume's dust that rain takes in a second.
    """

    wind_m_s: float
    wind_direction_deg: float
    mean_wind_m_s: float
    temperature_c: float
    humidity_percent: float
    dew_point_c: float
    pressure_hpa: float
    rain_mm_h: float
    sun_w_m2: float
    stability: str
    wetness: float
    washed: float
    scavenged_1_s: float


class Weather:
    """settings: the scenario's [weather]; events: those of kinds rain, calm, wind and spray, whose
    `from_s` and `until_s` count from midnight before the start, as all time here does.
    """

    def __init__(
        self, seed: int, settings: Mapping[str, Any], day_of_year: int, events: Sequence[Mapping[str, Any]]
    ) -> None:
        self._seed = seed
        self._set = settings
        self._day_of_year = day_of_year
        self._rains = [
            (event["from_s"], event["until_s"], event["mm_h"]) for event in events if event["kind"] == "rain"
        ]
        self._sprays = [(event["from_s"], event["mm"]) for event in events if event["kind"] == "spray"]
        self._winds = [event for event in events if event["kind"] in ("calm", "wind")]
        self._gust = Wander(seed, "gust", 5, 30)
        self._veer = Wander(seed, "veer", 10, 60)
        self._strength = Wander(seed, "wind strength", 300, HOUR_S)
        self._turn = Wander(seed, "wind turn", 300, 2 * HOUR_S)
        self._warmth = Wander(seed, "warmth", 600, 3 * HOUR_S)
        self._front = Wander(seed, "pressure", 1800, 12 * HOUR_S)
        self._moist = lru_cache(REMEMBERED)(self._moisture)
        self._shower = lru_cache(REMEMBERED)(self._shower_of)
        self.at = lru_cache(REMEMBERED)(self._at)

    def _at(self, t_s: float) -> Air:
        set_to = self._set
        rain = self.rain_mm_h(t_s)
        cloud = max(set_to["cloud"], 1.0 if rain else 0.0)
        sine = elevation(set_to["latitude"], self._day_of_year + int(t_s // DAY_S), t_s % DAY_S)
        mean, wind, direction = self._wind(t_s)
        temperature = self._temperature(t_s) - (3.0 if rain else 0.0)
        wetness, washed = self._wetness(t_s)
        # The day's mean humidity tells how much water the air holds; that stays, the temperature changes.
        dew_point = _dew_point(set_to["temperature"], set_to["humidity"])
        humidity = min(100.0, 100 * _vapour_hpa(dew_point) / _vapour_hpa(temperature))
        if rain:
            humidity = max(humidity, 94.0)
        tide = -math.cos(4 * math.pi * (t_s / DAY_S - 4 / 24))  # highest at 10 and 22 h
        return Air(
            wind,
            direction,
            mean,
            temperature,
            humidity,
            _dew_point(temperature, humidity),
            set_to["pressure"] + 2.0 * self._front.at(t_s) + 0.8 * tide,
            rain,
            radiation_w_m2(sine, cloud),
            stability(mean, sine, cloud),
            wetness,
            washed,
            _scavenging_1_s(rain),
        )

    def _wind(self, t_s: float) -> tuple[float, float, float]:
        """Mean speed, speed and direction: strongest at 15 h, and turning within the hours."""
        set_to = self._set
        afternoon = math.cos(2 * math.pi * (t_s / DAY_S - 15 / 24))
        mean = set_to["wind_speed"] * (1 + 0.35 * afternoon) * math.exp(0.2 * self._strength.at(t_s))
        direction = set_to["wind_direction"] + 15 * self._turn.at(t_s)
        for event in self._winds:
            if event["from_s"] <= t_s < event["until_s"]:
                mean = event["speed"]
                direction = direction if event["direction"] is None else event["direction"]
        speed = mean * math.exp(set_to["gustiness"] * self._gust.at(t_s))
        # A light wind wavers: the sideways eddies stay when the wind has gone.
        wavers_deg = math.degrees(set_to["gustiness"]) * 0.4 * (1 + 1 / max(mean, 0.3))
        return mean, speed, (direction + min(wavers_deg, 60.0) * self._veer.at(t_s)) % 360

    def _temperature(self, t_s: float) -> float:
        """Warmest at 15 h."""
        day = math.cos(2 * math.pi * (t_s / DAY_S - 15 / 24))
        return float(
            self._set["temperature"] + self._set["temperature_swing"] * day + 0.7 * self._warmth.at(t_s)
        )

    def warming_k_h(self, t_s: float) -> float:
        """How fast the day warms the air, without its shorter whims."""
        turning = -math.sin(2 * math.pi * (t_s / DAY_S - 15 / 24))
        return float(self._set["temperature_swing"] * turning * 2 * math.pi / 24)

    def rain_mm_h(self, t_s: float) -> float:
        return float(sum(rate for start, end, rate in self._falls(t_s, t_s) if start <= t_s < end))

    def _falls(self, from_s: float, until_s: float) -> list[tuple[float, float, float]]:
        """What may rain within from..until: each from, until, mm/h."""
        hours = range(int(from_s // HOUR_S) - 1, int(until_s // HOUR_S) + 1)
        return [shower for hour in hours if (shower := self._shower(hour))] + self._rains

    def _shower_of(self, hour: int) -> tuple[float, float, float] | None:
        """The shower that begins in this hour, if any: from, until, mm/h; an hour at most."""
        draw = [uniform(self._seed, f"shower/{part}", hour) for part in range(4)]
        if draw[0] >= self._set["showers_per_day"] / 24:
            return None
        start = HOUR_S * (hour + draw[1])
        return start, start + HOUR_S * (1 / 6 + 5 / 6 * draw[2]), 1 + 9 * draw[3] ** 2

    def _wetness(self, t_s: float) -> tuple[float, float]:
        """Of the ground, 0..1, and the share of the background's dust that is left."""
        step, share = divmod(t_s / WET_STEP_S, 1.0)
        # What falls counts within the step behind it: nothing is wet before the rain.
        before, after = self._moist(int(step) - 1), self._moist(int(step))
        water, taken = (one + share * (other - one) for one, other in zip(before, after, strict=True))
        return min(1.0, water / WET_MM), math.exp(-taken)

    def _moisture(self, step: int) -> tuple[float, float]:
        """What has fallen and not yet dried, mm; what it took from the air that is not yet replaced."""
        water = taken = 0.0
        for age in range(WEIGHS_FOR_S // WET_STEP_S):
            until_s, age_s = (step - age) * WET_STEP_S, age * WET_STEP_S
            rained, sprayed = self._fallen_mm(until_s - WET_STEP_S, until_s)
            if rained or sprayed:
                water += (rained + sprayed) * math.exp(-age_s / DRIES_WITHIN_S)
                took = _scavenging_1_s(rained * HOUR_S / WET_STEP_S) * WET_STEP_S
                taken += took * math.exp(-age_s / CLEAN_FOR_S)
        return water, taken

    def _fallen_mm(self, from_s: float, until_s: float) -> tuple[float, float]:
        """Rain, and water sprayed, within from..until."""
        rained = sum(
            rate * max(0.0, min(end, until_s) - max(start, from_s)) / HOUR_S
            for start, end, rate in self._falls(from_s, until_s)
        )
        return rained, sum(mm for at_s, mm in self._sprays if from_s < at_s <= until_s)


def _scavenging_1_s(rain_mm_h: float) -> float:
    """Share of the dust in the air that rain takes in a second: 8.4e-5 R^0.79, the coefficient of the
    Met Office's model NAME for rain below cloud (Maryon, Saltbones, Ryall and others 1996)."""
    return 8.4e-5 * math.pow(rain_mm_h, 0.79) if rain_mm_h else 0.0


def _vapour_hpa(temperature_c: float) -> float:
    """Saturation over water: Magnus, with the constants of WMO-No. 8 (annex 4.B)."""
    return 6.112 * math.exp(17.62 * temperature_c / (243.12 + temperature_c))


def _dew_point(temperature_c: float, humidity_percent: float) -> float:
    """The inverse of `_vapour_hpa`."""
    ratio = math.log(max(humidity_percent, 0.1) / 100 * _vapour_hpa(temperature_c) / 6.112)
    return 243.12 * ratio / (17.62 - ratio)
