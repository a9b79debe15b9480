"""What the plant's air can be asked for, and in which units an instrument may say it.

Concentrations are µg/m³ inside; volume shares hold at 25 °C and 1013.25 hPa, 24.465 L/mol, the
reference state of the air quality standards (GB 3095-2012 since its amendment of 2018).
"""

from collections.abc import Mapping

__all__ = ["DUSTS", "GASES", "QUANTITIES", "SUBSTANCES", "THICKEST_UG_M3", "converted", "derived"]

MOLAR_VOLUME_L = 24.465
DUSTS = ("tsp", "pm10", "pm25")
# Molar masses, g/mol. `voc` stands for all other hydrocarbons, counted as isobutylene, C4H8.
GASES: Mapping[str, float] = {
    "so2": 64.066,
    "no": 30.006,
    "no2": 46.006,
    "co": 28.010,
    "o3": 47.998,
    "h2s": 34.081,
    "nh3": 17.031,
    "benzene": 78.114,
    "voc": 56.108,
    "ch4": 16.043,
    "co2": 44.010,
}
SUBSTANCES = (*DUSTS, *GASES)
# Nothing is thicker, whatever a formula says close to a strong source: the pure gas, or 1 kg/m3 of dust.
THICKEST_UG_M3 = {
    **dict.fromkeys(DUSTS, 1e9),
    **{gas: mass / MOLAR_VOLUME_L * 1e9 for gas, mass in GASES.items()},
}

CARBON, METHANE = 12.011, GASES["ch4"]
CARBON_ATOMS = {"benzene": 6, "voc": 4, "ch4": 1}
# What a PID calibrated to isobutylene reads for 1 ppm, lamp of 10.6 eV: the inverse of the correction
# factors in RAE Systems TN-106 (benzene 0.53, hydrogen sulfide 3.3, ammonia 9.7).
PID_RESPONSE = {"voc": 1.0, "benzene": 1 / 0.53, "h2s": 1 / 3.3, "nh3": 1 / 9.7}
# Lower explosive limits, %vol: IEC 60079-20-1 (voc: isobutylene).
LEL_PERCENT = {"ch4": 4.4, "co": 10.9, "h2s": 4.0, "nh3": 15.0, "benzene": 1.2, "voc": 1.6}

MASS = {"ug/m3": 1.0, "mg/m3": 1e-3, "g/m3": 1e-6}
VOLUME = {"ppm": 1.0, "ppb": 1e3, "%vol": 1e-4, "%": 1e-4}


def _gas_units(molar_mass: float) -> dict[str, float]:
    ppm = MOLAR_VOLUME_L / molar_mass / 1000  # of 1 ug/m3
    return {**MASS, **{unit: ppm * factor for unit, factor in VOLUME.items()}}


def _shares(mass_of_ppm: float, mass_units: Mapping[str, float]) -> dict[str, float]:
    """Of a quantity counted in ppm."""
    ug_m3 = mass_of_ppm / MOLAR_VOLUME_L * 1000
    return {**VOLUME, **{unit: ug_m3 * factor for unit, factor in mass_units.items()}}


CARBON_MASS = {"ppmC": 1.0, "mgC/m3": CARBON / MOLAR_VOLUME_L}
# By quantity: its units, and what the value inside is multiplied by; temperature in degF apart.
UNITS: dict[str, dict[str, float]] = {
    **dict.fromkeys((*DUSTS, "pm1", "pm4", "pm_coarse"), MASS),
    **{gas: _gas_units(mass) for gas, mass in GASES.items()},
    "nox": _gas_units(GASES["no2"]),
    # As a PID shows them: ppm of isobutylene.
    "voc": _shares(GASES["voc"], MASS),
    "ch4": {
        **_gas_units(METHANE),
        "ppmC": MOLAR_VOLUME_L / METHANE / 1000,
        "mgC/m3": CARBON / METHANE / 1000,
    },
    # Carbon atoms, as a FID counts them. By mass total hydrocarbons are said as methane, those without
    # methane as carbon (HJ 38-2017, HJ 604-2017).
    "thc": {**_shares(METHANE, MASS), **CARBON_MASS},
    "nmhc": {**_shares(CARBON, MASS), **CARBON_MASS},
    "lel": {"%LEL": 1.0},
    "wind_speed": {"m/s": 1.0, "km/h": 3.6, "mph": 1 / 0.44704, "kn": 3.6 / 1.852},
    "wind_direction": {"deg": 1.0},
    "temperature": {"degC": 1.0, "degF": 1.8},
    "dew_point": {"degC": 1.0, "degF": 1.8},
    "humidity": {"%": 1.0},
    "pressure": {
        "hPa": 1.0,
        "mbar": 1.0,
        "kPa": 0.1,
        "Pa": 100.0,
        "mmHg": 1 / 1.33322,
        "inHg": 1 / 33.8639,
        "atm": 1 / 1013.25,
    },
    "rain": {"mm/h": 1.0},
    "sun": {"W/m2": 1.0},
    "noise": {"dB": 1.0},
}
QUANTITIES = tuple(UNITS)


def converted(quantity: str, value: float, unit: str) -> float:
    """A value from inside, in this unit. Raises KeyError where the quantity has no such unit."""
    said = value * UNITS[quantity][unit]
    return said + 32 if unit == "degF" else said


def derived(air: Mapping[str, float]) -> dict[str, float]:
    """What instruments say of substances (µg/m³) together."""
    ppm = {gas: air[gas] * MOLAR_VOLUME_L / mass / 1000 for gas, mass in GASES.items()}
    nmhc = sum(CARBON_ATOMS[gas] * ppm[gas] for gas in ("benzene", "voc"))
    return {
        # How dust divides below 2.5 and between 2.5 and 10 um is this model's own.
        "pm1": 0.7 * air["pm25"],
        "pm4": 0.8 * air["pm25"] + 0.2 * air["pm10"],
        "pm_coarse": air["pm10"] - air["pm25"],
        "nox": (ppm["no"] + ppm["no2"]) * GASES["no2"] * 1000 / MOLAR_VOLUME_L,
        "voc": sum(ppm[gas] * response for gas, response in PID_RESPONSE.items()),
        "thc": nmhc + ppm["ch4"],
        "nmhc": nmhc,
        "lel": sum(ppm[gas] / percent for gas, percent in LEL_PERCENT.items()) / 1e4 * 100,
    }
