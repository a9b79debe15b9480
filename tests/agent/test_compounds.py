"""The table of compounds against a second one, and against another maker's factors."""

import pytest

from agent.compounds import BY_ID, COMPOUNDS

# g/mol of data sheets, and true ppm for one that a PID with 10.6 eV shows (None: no factor).
SECOND = """
isobutylene 56.11 1.0      benzene 78.11 0.53         toluene 92.14 0.50        xylene 106.17 0.43
o-xylene 106.17 0.46       m-xylene 106.17 0.43       p-xylene 106.17 None      ethylbenzene 106.17 0.52
styrene 104.15 0.40        cumene 120.20 0.54         mesitylene 120.20 0.35    naphthalene 128.17 0.42
phenol 94.11 1.0           o-cresol 108.14 1.0        m-cresol 108.14 0.50      p-cresol 108.14 1.4
pyridine 79.10 0.7         aniline 93.13 0.48         anisole 108.14 0.47       chlorobenzene 112.56 0.40
cs2 76.14 1.2              methyl-mercaptan 48.11 0.54  dimethyl-sulfide 62.13 0.44  ethylene 28.05 9
propylene 42.08 1.4        butadiene 54.09 0.85       butane 58.12 67           hexane 86.18 4.3
heptane 100.20 2.8         octane 114.23 1.8          cyclohexane 84.16 1.4     acetone 58.08 1.1
isopropanol 60.10 6.0      ethanol 46.07 None         butyl-acetate 116.16 2.6  trichloroethylene 131.39 0.54
h2s 34.08 3.3              nh3 17.03 9.7              no 30.01 5.2              no2 46.01 16
methanol 32.04 None        formaldehyde 30.03 None    methane 16.04 None        ethane 30.07 None
propane 44.10 None         acetylene 26.04 None       co 28.01 None             co2 44.01 None
hydrogen 2.016 None        hcn 27.03 None             so2 64.06 None            o3 48.00 None
hcl 36.46 None
"""
WORDS = SECOND.split()
ROWS = list(zip(WORDS[::3], WORDS[1::3], WORDS[2::3], strict=True))
# Shawcity's list of examples: what another maker's factor may differ by.
OTHERS = {
    "acetone": 0.7,
    "nh3": 8.5,
    "benzene": 0.5,
    "butadiene": 0.85,
    "hexane": 3.3,
    "styrene": 0.45,
    "toluene": 0.51,
    "xylene": 0.43,
}


def test_every_compound_stands_in_the_second_table() -> None:
    assert sorted(name for name, _, _ in ROWS) == sorted(each.id for each in COMPOUNDS)


@pytest.mark.parametrize(("name", "mass", "value"), ROWS)
def test_mass_and_factor_are_those_of_the_second_table(name: str, mass: str, value: str) -> None:
    compound = BY_ID[name]
    factor = compound.factor(10.6)
    assert compound.molar_mass == pytest.approx(float(mass), abs=0.011)
    assert (factor.value if factor else None) == (None if value == "None" else float(value))


@pytest.mark.parametrize(("name", "value"), OTHERS.items())
def test_another_makers_factor_is_of_the_same_order(name: str, value: float) -> None:
    factor = BY_ID[name].factor(10.6)
    assert factor is not None
    assert 1 / 1.6 < factor.value / value < 1.6
