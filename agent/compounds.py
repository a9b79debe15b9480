"""Gases and vapours: molar mass, carbon, what it takes to ionise them, and how a PID responds to them.

Molar masses are computed from the formula with the abridged standard atomic weights of IUPAC (CIAAW, 2021).
A response factor makes the reading of a PID that is calibrated with isobutylene the true ppm: true =
reading x factor. Makers differ by 25 % and more, so each factor has its source; `seen` is whether it was read
there, and `check` warns of those that were not.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["BY_ID", "COMPOUNDS", "LAMPS_EV", "USUAL_LAMP_EV", "Compound", "Factor", "Unlike", "mixed"]

LAMPS_EV = (9.8, 10.0, 10.6, 11.7)
USUAL_LAMP_EV = 10.6
ATOMIC_WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "S": 32.06, "Cl": 35.45}
ATOM = re.compile(r"([A-Z][a-z]?)(\d*)")
SHARES_SUM_TO = 1e-3  # as shares of three digits are written

TN106 = "RAE Systems TN-106"
TA02 = "Ion Science TA-02, 2016-07"
SHAWCITY = "Shawcity, what is a correction factor"


class Factor(NamedTuple):
    """A response factor for one lamp. seen: whether it was read in its source, or is generally known."""

    lamp_ev: float
    value: float
    source: str
    seen: bool


class Compound(NamedTuple):
    """ionisation_ev: a lamp of more than this sees it; None where it is not known here. is_voc: False for
    what a PID shows as a VOC without its being one."""

    id: str
    name: str
    molar_mass: float  # g/mol
    carbons: float  # atoms of carbon, of a mixture their mean
    ionisation_ev: float | None = None
    factors: tuple[Factor, ...] = ()
    is_voc: bool = True

    def factor(self, lamp_ev: float) -> Factor | None:
        """The response factor for that lamp, None where none is known."""
        return next((each for each in self.factors if each.lamp_ev == lamp_ev), None)

    def is_seen_by(self, lamp_ev: float) -> bool:
        """Whether a PID with that lamp responds at all; True where that is not known."""
        return self.ionisation_ev is None or self.ionisation_ev < lamp_ev


class Unlike(Exception):
    """A mixture that cannot be: what is wrong with it."""


def mixed(shares: Mapping[str, float], lamp_ev: float) -> tuple[Compound, Factor]:
    """A mixture of known composition, and its factor 1 / sum(x / CF). shares: of the vapour's volume, by id.

    Raises Unlike for shares that are no whole, and for a part without a factor for that lamp.
    """
    total = sum(shares.values())
    if min(shares.values(), default=0) <= 0 or abs(total - 1) > SHARES_SUM_TO:
        raise Unlike(f"the shares sum to {total:g}: each is above 0, and together they are 1")
    factors = {}
    for name in shares:
        factor = BY_ID[name].factor(lamp_ev)
        if factor is None:
            raise Unlike(f"no response factor of {name} for a lamp of {lamp_ev:g} eV is known")
        factors[name] = factor
    parts = [(BY_ID[name], share / total) for name, share in shares.items()]
    mixture = Compound(
        id="+".join(shares),
        name="mixture of " + ", ".join(f"{share:.3g} {part.id}" for part, share in parts),
        molar_mass=sum(part.molar_mass * share for part, share in parts),
        carbons=sum(part.carbons * share for part, share in parts),
    )
    value = 1 / sum(share / factors[part.id].value for part, share in parts)
    sources = "; ".join(dict.fromkeys(factor.source for factor in factors.values()))
    return mixture, Factor(lamp_ev, value, sources, all(factor.seen for factor in factors.values()))


def atoms(formula: str) -> dict[str, int]:
    """Of a formula such as C2HCl3, by element."""
    found: dict[str, int] = {}
    for element, count in ATOM.findall(formula):
        found[element] = found.get(element, 0) + int(count or 1)
    return found


def _of(name: str, formula: str, ionisation_ev: float | None, *factors: Factor, **more: object) -> Compound:
    """A row below; its id is the name, with a hyphen where that has a blank."""
    parts = atoms(formula)
    mass = sum(ATOMIC_WEIGHTS[element] * count for element, count in parts.items())
    compound_id = str(more.get("id", name.replace(" ", "-")))
    is_voc = bool(more.get("is_voc", True))
    return Compound(
        compound_id, name, round(mass, 3), parts.get("C", 0), ionisation_ev, tuple(factors), is_voc
    )


def _seen(value: float, source: str = TN106, lamp_ev: float = USUAL_LAMP_EV) -> Factor:
    return Factor(lamp_ev, value, source, seen=True)


def _known(value: float) -> Factor:
    """Generally known as TN-106's for 10.6 eV; not read there."""
    return Factor(USUAL_LAMP_EV, value, TN106, seen=False)


# Energies to ionise: of what has a factor, TN-106's; of what the usual lamp does not see, generally known as
# those of the NIST Chemistry WebBook, methanol's as TN-106 has it.
COMPOUNDS = (
    _of("isobutylene", "C4H8", 9.24, Factor(USUAL_LAMP_EV, 1.0, "by definition", seen=True)),
    _of("benzene", "C6H6", 9.25, _seen(0.53)),
    _of("toluene", "C7H8", 8.82, _seen(0.50)),
    _of("xylene", "C8H10", 8.56, _seen(0.43, SHAWCITY)),
    _of("o-xylene", "C8H10", 8.56, _known(0.46)),
    _of("m-xylene", "C8H10", 8.56, _seen(0.43)),
    _of("p-xylene", "C8H10", 8.44),
    _of("ethylbenzene", "C8H10", 8.77, _known(0.52)),
    _of("styrene", "C8H8", 8.43, _seen(0.40)),
    _of("cumene", "C9H12", 8.73, _known(0.54)),
    _of("1,3,5-trimethylbenzene", "C9H12", 8.41, _known(0.35), id="mesitylene"),
    _of("naphthalene", "C10H8", 8.13, _known(0.42)),
    _of("phenol", "C6H6O", 8.51, _known(1.0)),
    _of("o-cresol", "C7H8O", 8.5, _known(1.0)),
    _of("m-cresol", "C7H8O", 8.4, _known(0.50)),
    _of("p-cresol", "C7H8O", 8.3, _known(1.4)),
    _of("pyridine", "C5H5N", 9.25, _known(0.7)),
    _of("aniline", "C6H7N", 7.72, _known(0.48)),
    _of("anisole", "C7H8O", 8.2, _seen(0.47, TA02)),
    _of("chlorobenzene", "C6H5Cl", 9.06, _known(0.40)),
    _of("carbon disulfide", "CS2", 10.07, _known(1.2), id="cs2"),
    _of("methyl mercaptan", "CH4S", 9.44, _known(0.54)),
    _of("dimethyl sulfide", "C2H6S", 8.69, _known(0.44)),
    _of("ethylene", "C2H4", 10.51, _known(9.0)),
    _of("propylene", "C3H6", 9.73, _known(1.4)),
    _of("1,3-butadiene", "C4H6", 9.07, _seen(0.85), id="butadiene"),
    _of("n-butane", "C4H10", 10.53, _known(67.0), id="butane"),
    _of("n-hexane", "C6H14", 10.13, _seen(4.3), id="hexane"),
    _of("n-heptane", "C7H16", 9.92, _known(2.8), id="heptane"),
    _of("n-octane", "C8H18", 9.82, _known(1.8), id="octane"),
    _of("cyclohexane", "C6H12", 9.86, _known(1.4)),
    _of("acetone", "C3H6O", 9.71, _seen(1.1)),
    _of("isopropanol", "C3H8O", 10.12, _seen(6.0)),
    _of("ethanol", "C2H6O", 10.47),
    _of("butyl acetate", "C6H12O2", 10.0, _seen(2.6)),
    _of("trichloroethylene", "C2HCl3", 9.47, _seen(0.54)),
    _of("hydrogen sulfide", "H2S", 10.45, _seen(3.3), id="h2s", is_voc=False),
    _of("ammonia", "NH3", 10.16, _seen(9.7), id="nh3", is_voc=False),
    _of("nitric oxide", "NO", 9.26, _known(5.2), id="no", is_voc=False),
    _of("nitrogen dioxide", "NO2", 9.75, _known(16.0), id="no2", is_voc=False),
    _of("methanol", "CH4O", 10.85, _seen(2.5, lamp_ev=11.7)),
    _of("formaldehyde", "CH2O", 10.88),
    _of("methane", "CH4", 12.61),
    _of("ethane", "C2H6", 11.52),
    _of("propane", "C3H8", 10.94),
    _of("acetylene", "C2H2", 11.40),
    _of("carbon monoxide", "CO", 14.01, id="co", is_voc=False),
    _of("carbon dioxide", "CO2", 13.78, id="co2", is_voc=False),
    _of("hydrogen", "H2", 15.43, is_voc=False),
    _of("hydrogen cyanide", "HCN", 13.60, id="hcn", is_voc=False),
    _of("sulfur dioxide", "SO2", 12.35, id="so2", is_voc=False),
    _of("ozone", "O3", 12.53, id="o3", is_voc=False),
    _of("hydrogen chloride", "HCl", 12.74, id="hcl", is_voc=False),
)
BY_ID = {compound.id: compound for compound in COMPOUNDS}
