"""Concentrations from one unit and state to another: pure formulas, each a plain factor.

An amount of gas is a share of moles (ppm, ppb, %vol; ppmC counts atoms of carbon) or a mass in a volume
(mg/m3, ug/m3, g/m3; mgC/m3 counts the carbon alone). Between them stands the molar volume, so the temperature
and the pressure that the volume is meant at.

Constants: R of the SI (CODATA 2018, exact), 0 degC = 273.15 K. HJ 212-2017, annex D, rounds them: it divides
by 22.4 (22.414 here, 0.06 % apart) and counts from 273 K (0.02 % apart at 120 degC).
"""

from typing import NamedTuple

from agent.compounds import Compound

__all__ = [
    "AIR_O2_PERCENT",
    "BOUNDS",
    "CELSIUS",
    "KINDS",
    "NORMAL_KPA",
    "at_baseline",
    "dry",
    "factor",
    "molar_volume",
]

GAS_CONSTANT = 8.31446261815324  # J/(mol K)
ZERO_CELSIUS_K = 273.15
NORMAL_KPA = 101.325
CELSIUS = {"0C": 0.0, "25C": 25.0}  # the states that have a name, at NORMAL_KPA
AIR_O2_PERCENT = 21.0
# What gas that is measured can be: beyond it the channel is another one than the file says, or broken.
BOUNDS = {
    "temperature": (-60.0, 1500.0, "degC"),
    "pressure": (50.0, 130.0, "kPa"),  # absolute: a gauge's is far below
    # Below 0 is noise. 80 % is saturated gas of 94 degC; there an error of 1 % is one of 5 % in the value.
    "moisture": (-1.0, 80.0, "%"),
    "oxygen": (-1.0, AIR_O2_PERCENT, "%"),
}
CARBON = Compound("carbon", "carbon", 12.011, 1)
# THC and CH4 are calibrated as methane, and HJ 604-2017 and HJ 38-2017 reckon 12 g of carbon for 16 g of it.
CARBON_OF_METHANE = 12 / 16


class Kind(NamedTuple):
    """What a unit counts: carbon alone or the compound, a mass in a volume or a share of moles.

    scale: in ppm or mg/m3.
    """

    of_carbon: bool
    per_volume: bool
    scale: float


KINDS = {
    "ppm": Kind(of_carbon=False, per_volume=False, scale=1.0),
    "ppb": Kind(of_carbon=False, per_volume=False, scale=1e-3),
    "%vol": Kind(of_carbon=False, per_volume=False, scale=1e4),
    "ppmC": Kind(of_carbon=True, per_volume=False, scale=1.0),
    "mg/m3": Kind(of_carbon=False, per_volume=True, scale=1.0),
    "ug/m3": Kind(of_carbon=False, per_volume=True, scale=1e-3),
    "g/m3": Kind(of_carbon=False, per_volume=True, scale=1e3),
    "mgC/m3": Kind(of_carbon=True, per_volume=True, scale=1.0),
}


def molar_volume(celsius: float, kpa: float = NORMAL_KPA) -> float:
    """Litres that a mole of gas takes: 22.414 at 0 degC, 24.465 at 25 degC.

    Raises ValueError where there can be no such gas.
    """
    if celsius <= -ZERO_CELSIUS_K or kpa <= 0:
        raise ValueError(f"no gas is at {celsius:g} degC and {kpa:g} kPa")
    return GAS_CONSTANT * (celsius + ZERO_CELSIUS_K) / kpa


def factor(
    given: str,
    wanted: str,
    compound: Compound | None = None,
    given_volume: float = 1.0,
    wanted_volume: float = 1.0,
) -> float:
    """What a value in the unit `given` is multiplied by. Volumes: molar, L/mol, of the state of each unit.

    compound: needed wherever one unit counts its molecules and the other its mass or its carbon. A mass in a
    volume, also of dust, goes from one state to another without.
    """
    one, other = KINDS[given], KINDS[wanted]
    if compound is None:
        compound = CARBON
    ratio = _ppm_of_one(one, compound, given_volume) / _ppm_of_one(other, compound, wanted_volume)
    if compound.id == "methane" and one.per_volume and other.per_volume and one.of_carbon != other.of_carbon:
        exact = CARBON.molar_mass * compound.carbons / compound.molar_mass
        ratio *= CARBON_OF_METHANE / exact if other.of_carbon else exact / CARBON_OF_METHANE
    return ratio


def _ppm_of_one(kind: Kind, compound: Compound, volume: float) -> float:
    """How many ppm of the compound one of a unit is."""
    weight = CARBON.molar_mass if kind.of_carbon else compound.molar_mass
    molecules = compound.carbons if kind.of_carbon else 1.0
    return kind.scale / molecules * (volume / weight if kind.per_volume else 1.0)


def dry(moisture_percent: float) -> float:
    """Factor from wet to dry gas: 1 / (1 - Xsw). moisture: share of the volume, below 100 %.

    Source: HJ 212-2017, annex D.
    """
    return 1 / (1 - moisture_percent / 100)


def at_baseline(o2_percent: float, base_percent: float) -> float:
    """Factor to the baseline oxygen: (21 - base) / (21 - measured), both in dry gas.

    So nobody dilutes himself within a limit. Source: HJ 212-2017, annex D. Raises ValueError from 21 % on.
    """
    if o2_percent >= AIR_O2_PERCENT:
        raise ValueError(f"oxygen {o2_percent:g} % is that of air: there is no correction")
    return (AIR_O2_PERCENT - base_percent) / (AIR_O2_PERCENT - o2_percent)
