"""Formulas of concentration against worked examples, against Pint, and against themselves backwards."""

import pint
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.compounds import BY_ID, COMPOUNDS, LAMPS_EV, Unlike, atoms, mixed
from agent.pipeline.concentration import CELSIUS, KINDS, at_baseline, dry, factor, molar_volume
from drivers.units import UNITS

ureg = pint.UnitRegistry()
AT_0C, AT_25C = molar_volume(0.0), molar_volume(25.0)
METHANE = BY_ID["methane"]
compounds = st.sampled_from([compound for compound in COMPOUNDS if compound.carbons])
units = st.sampled_from(sorted(KINDS))
volumes = st.builds(molar_volume, st.floats(-40, 300), st.floats(60, 120))

# What one ppm is in mg/m3: numbers that the field writes down, to their last digit.
PUBLISHED = [  # compound, at 0 degC, at 25 degC
    ("so2", 2.858, 2.619),
    ("no2", 2.053, 1.880),
    ("nh3", 0.760, 0.696),
    ("h2s", 1.520, 1.393),
    ("benzene", 3.485, 3.193),
    ("toluene", 4.111, 3.766),
    ("xylene", 4.737, 4.340),
    ("methane", 0.716, 0.656),
]


@pytest.mark.parametrize(("compound", "at_0c", "at_25c"), PUBLISHED)
def test_one_ppm_in_mg_m3(compound, at_0c, at_25c):
    for volume, mg_m3 in ((AT_0C, at_0c), (AT_25C, at_25c)):
        # Their molar volumes and masses are rounded, and so are they.
        assert factor("ppm", "mg/m3", BY_ID[compound], 1.0, volume) == pytest.approx(mg_m3, rel=7e-4)


def test_the_standard_divides_by_a_rounded_volume():
    """HJ 212-2017, annex D: ppm x M / 22.4, which is 0.06 % more."""
    ours = factor("ppm", "mg/m3", BY_ID["no2"], 1.0, AT_0C)
    assert pytest.approx(ours, rel=1e-3) == 46 / 22.4


def test_molar_volumes_are_those_of_the_books():
    assert pytest.approx(22.413_969_54, abs=1e-8) == AT_0C  # CODATA 2018, 273.15 K and 101.325 kPa
    assert pytest.approx(24.465, abs=5e-4) == AT_25C
    with pytest.raises(ValueError, match=r"no gas is at -300 degC and 101\.325 kPa"):
        molar_volume(-300.0)
    with pytest.raises(ValueError, match="0 kPa"):
        molar_volume(20.0, 0.0)


@pytest.mark.parametrize(
    ("given_unit", "wanted", "compound", "expected"),
    [
        ("ppm", "ppb", None, 1000.0),
        ("%vol", "ppm", None, 10_000.0),
        ("mg/m3", "ug/m3", None, 1000.0),
        ("g/m3", "mg/m3", None, 1000.0),
        ("ppm", "ppmC", "propane", 3.0),  # what an FID makes of three carbons
        ("ppmC", "ppm", "benzene", 1 / 6),
        ("mg/m3", "mgC/m3", "methane", 12 / 16),  # HJ 604-2017, HJ 38-2017: as carbon
        ("mgC/m3", "mg/m3", "methane", 16 / 12),
        ("mg/m3", "mgC/m3", "propane", 36.033 / 44.097),
    ],
)
def test_within_one_state(given_unit, wanted, compound, expected):
    got = factor(given_unit, wanted, BY_ID[compound] if compound else None, AT_0C, AT_0C)
    assert got == pytest.approx(expected, rel=1e-9)


def test_carbon_needs_no_compound():
    assert factor("ppmC", "mgC/m3", None, 1.0, AT_0C) == pytest.approx(0.536, abs=5e-4)
    assert factor("ppmC", "mgC/m3", None, 1.0, AT_25C) == pytest.approx(0.491, abs=5e-4)


def test_nmhc_as_carbon_by_hand():
    """THC 24.95 and CH4 1.94 mg/m3, both as methane: 23.01 x 12 / 16."""
    assert (24.95 - 1.94) * factor("mg/m3", "mgC/m3", METHANE) == pytest.approx(17.2575)


def test_a_volume_grows_with_its_temperature():
    """HJ 212-2017, annex D: Csn = Cs x 101325 / (Ba + Ps) x (273 + ts) / 273, by hand with 273.15."""
    hot = molar_volume(120.0, 101.325 - 0.5)
    by_hand = 101.325 / 100.825 * (273.15 + 120) / 273.15
    assert factor("mg/m3", "mg/m3", None, hot, AT_0C) == pytest.approx(by_hand, rel=1e-12)
    assert factor("mg/m3", "mg/m3", None, AT_25C, AT_0C) == pytest.approx(298.15 / 273.15)
    assert factor("ppm", "ppm", None, hot, AT_0C) == 1.0  # a share of moles has no temperature


def test_dry_by_hand():
    assert 100.0 * dry(12.5) == pytest.approx(100 / 0.875)
    assert dry(0.0) == 1.0


def test_baseline_oxygen_by_hand():
    """A coke-oven stack at 12 % O2, limit at 8 %: 100 x (21 - 8) / (21 - 12)."""
    assert 100.0 * at_baseline(12.0, 8.0) == pytest.approx(144.444_444)
    assert at_baseline(8.0, 8.0) == 1.0
    assert 100.0 * at_baseline(3.5, 8.0) == pytest.approx(1300 / 17.5)
    for air in (21.0, 21.4):
        with pytest.raises(ValueError, match="that of air"):
            at_baseline(air, 8.0)


# -- PID ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compound", "reading_ppm", "true_ppm", "source"),
    [
        ("m-xylene", 100.0, 43.0, "TN-106, example 2"),
        ("butyl-acetate", 10.0, 26.0, "TN-106, example 1"),
        ("trichloroethylene", 10.0, 5.4, "TN-106, example 1"),
        ("anisole", 10.0, 4.7, "TA-02, example"),
        ("toluene", 100.0, 50.0, "Shawcity, example"),
    ],
)
def test_response_factors_of_published_examples(compound, reading_ppm, true_ppm, source):
    found = BY_ID[compound].factor(10.6)
    assert found.seen, source
    assert reading_ppm * found.value == pytest.approx(true_ppm), source


def test_a_mixture_by_hand():
    """5 % benzene in n-hexane: 1 / (0.05 / 0.53 + 0.95 / 4.3) = 3.2, so 100 on the display is 320 ppm."""
    mixture, found = mixed({"benzene": 0.05, "hexane": 0.95}, 10.6)
    assert found.value == pytest.approx(1 / (0.05 / 0.53 + 0.95 / 4.3))
    assert round(found.value, 1) == 3.2
    assert mixture.molar_mass == pytest.approx(0.05 * 78.114 + 0.95 * 86.178)
    assert mixture.carbons == pytest.approx(6.0)
    assert mixture.name == "mixture of 0.05 benzene, 0.95 hexane"


@pytest.mark.parametrize(
    ("shares", "what"),
    [
        ({"benzene": 0.5, "toluene": 0.4}, "the shares sum to 0.9: each is above 0, and together they are 1"),
        ({"benzene": 1.5, "toluene": -0.5}, "the shares sum to 1: each is above 0, and together they are 1"),
        ({}, "the shares sum to 0: each is above 0, and together they are 1"),
        (
            {"benzene": 0.5, "methane": 0.5},
            "no response factor of methane for a lamp of 10.6 eV is known",
        ),
    ],
)
def test_mixtures_that_cannot_be(shares, what):
    with pytest.raises(Unlike) as said:
        mixed(shares, 10.6)
    assert str(said.value) == what


@given(st.dictionaries(st.sampled_from([c.id for c in COMPOUNDS if c.factor(10.6)]), st.floats(0.01, 1)))
def test_a_mixture_lies_between_its_parts(weights):
    assume(weights)
    total = sum(weights.values())
    mixture, found = mixed({name: weight / total for name, weight in weights.items()}, 10.6)
    factors = [BY_ID[name].factor(10.6).value for name in weights]
    masses = [BY_ID[name].molar_mass for name in weights]
    assert min(factors) * (1 - 1e-9) <= found.value <= max(factors) * (1 + 1e-9)
    assert min(masses) * (1 - 1e-9) <= mixture.molar_mass <= max(masses) * (1 + 1e-9)


@pytest.mark.parametrize("blind", ["methanol", "co", "hcn", "so2", "methane", "formaldehyde", "acetylene"])
def test_what_the_usual_lamp_does_not_see(blind):
    assert not BY_ID[blind].is_seen_by(10.6)
    assert BY_ID[blind].factor(10.6) is None


def test_methanol_takes_the_strongest_lamp():
    assert BY_ID["methanol"].is_seen_by(11.7)
    assert BY_ID["methanol"].factor(11.7).value == 2.5


def test_the_table_agrees_with_itself():
    assert len(BY_ID) == len(COMPOUNDS)
    for compound in COMPOUNDS:
        for each in compound.factors:
            assert each.lamp_ev in LAMPS_EV
            assert each.source
            assert compound.is_seen_by(each.lamp_ev), f"{compound.id}: a factor for a lamp that is too weak"


# -- Pint, and properties -------------------------------------------------------------------


def by_pint(given_unit, wanted, compound, celsius, kpa):
    """The same conversion by somebody else's units, with the dimensions checked on the way."""
    mass = GRAMS_A_MOLE[compound.id] * ureg.gram / ureg.mole
    carbon = compound.carbons * 12.011 * ureg.gram / ureg.mole
    density = ureg.Quantity(kpa, "kPa") / (
        ureg.Quantity(1, "molar_gas_constant") * ureg.Quantity(celsius, "degC").to("kelvin")
    )
    written = {"%vol": "1e-2", "ppm": "1e-6", "ppb": "1e-9", "ppmC": "1e-6"}
    weights = {"mgC/m3": carbon}

    def one(unit):
        """One of a unit as a share of moles of the compound."""
        if unit in written:
            share = ureg.Quantity(float(written[unit]), "dimensionless")
            return share / compound.carbons if unit == "ppmC" else share
        amount = ureg.Quantity(1.0, unit.replace("mgC", "mg").replace("m3", "m**3"))
        return (amount / weights.get(unit, mass) / density).to("dimensionless")

    return (one(given_unit) / one(wanted)).magnitude


GRAMS_A_MOLE = {  # as data sheets have them
    "benzene": 78.114,
    "propane": 44.097,
    "methanol": 32.042,
    "trichloroethylene": 131.38,
    "cs2": 76.13,
    "pyridine": 79.102,
}


def test_formulas_are_read_as_written():
    assert atoms("C2HCl3") == {"C": 2, "H": 1, "Cl": 3}
    assert atoms("NH3") == {"N": 1, "H": 3}
    assert atoms("HCN") == {"H": 1, "C": 1, "N": 1}


@given(
    st.sampled_from(sorted(GRAMS_A_MOLE)),
    units,
    units,
    st.floats(-40, 300),
    st.floats(60, 120),
)
def test_pint_says_the_same(name, given_unit, wanted, celsius, kpa):
    compound, volume = BY_ID[name], molar_volume(celsius, kpa)
    ours = factor(given_unit, wanted, compound, volume, volume)
    assert ours == pytest.approx(by_pint(given_unit, wanted, compound, celsius, kpa), rel=1e-4)


@pytest.mark.parametrize("state", sorted(CELSIUS))
def test_pint_has_the_same_molar_volume(state):
    by_them = (
        ureg.Quantity(1, "molar_gas_constant")
        * ureg.Quantity(CELSIUS[state], "degC").to("kelvin")
        / ureg.Quantity(101.325, "kPa")
    )
    assert molar_volume(CELSIUS[state]) == pytest.approx(by_them.to("L/mol").magnitude, rel=1e-12)


def test_every_unit_is_one_that_drivers_may_use():
    assert set(KINDS) <= set(UNITS)


@given(compounds, units, units, volumes, volumes)
def test_there_and_back(compound, one, other, one_volume, other_volume):
    there = factor(one, other, compound, one_volume, other_volume)
    back = factor(other, one, compound, other_volume, one_volume)
    assert there > 0
    assert there * back == pytest.approx(1.0, rel=1e-12)


@given(
    compounds.filter(lambda compound: compound.id != "methane"),
    st.tuples(units, units, units),
    volumes,
    volumes,
)
def test_a_detour_changes_nothing(compound, way, one_volume, other_volume):
    """But for methane, where the method's rounded 12/16 stands for 12.011/16.043."""
    one, between, other = way
    direct = factor(one, other, compound, one_volume, other_volume)
    detour = factor(one, between, compound, one_volume, other_volume)
    detour *= factor(between, other, compound, other_volume, other_volume)
    assert direct == pytest.approx(detour, rel=1e-12)


@given(st.floats(0, 20.9), st.floats(0, 20.9), st.floats(0, 20))
def test_more_oxygen_is_more_dilution(one, other, base):
    low, high = sorted((one, other))
    assert at_baseline(low, base) <= at_baseline(high, base)


@given(st.floats(0, 99), st.floats(0, 99))
def test_wetter_gas_is_more_when_dry(one, other):
    low, high = sorted((one, other))
    assert 1.0 <= dry(low) <= dry(high)
