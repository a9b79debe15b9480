"""A poll takes no more questions than the device's limits force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import catalogue
from drivers.profile import BIT_TABLES, TYPES, resolve
from drivers.register_blocks import blocks
from drivers.register_values import span_of
from tests.dialogue import created

NAMES = catalogue.names()
PROFILES = [name for name in NAMES if catalogue.describe(name).kind == "profile"]
MORE_THAN_ONE = {  # drivers in Python: how many, and what forces them
    "cai-hfid": (3, "AK: one code a question; errors only where an answer tells of one"),
    "emerson-nga2000": (3, "as cai-hfid"),
    "servomex-servopro-nox": (3, "as cai-hfid"),
    "gill-maximet-sdi12": (9, "SDI-12: each measurement is begun, and read in blocks of 35 characters"),
    "thermo-42i-c-link": (3, "C-Link: gas mode, and one value a command"),
    "thermo-43i-c-link": (2, "as thermo-42i-c-link"),
    "thermo-48i-c-link": (2, "as thermo-42i-c-link"),
    "thermo-49i-c-link": (3, "gas mode, flags, and the value"),
    "davis-vantage": (2, "the console sleeps: it is woken first"),
    "horiba-apha-370": (2, "R010 says whether the flame burns, R001 the concentrations"),
    "thermo-teom-1405": (2, "AREG reads one register"),
    "thermo-teom-1405-df": (5, "AREG reads one register"),
    "tsi-dusttrak-8530": (3, "MSTATUS, RMMESSAGES and RMMEAS: whether it runs, what is wrong, values"),
    "tsi-dusttrak-drx-8533": (3, "as tsi-dusttrak-8530"),
}


def spans(fields):
    """(first, behind the last) of each field, in order; those that lie within another left out."""
    every = {(row["register"], row["register"] + span_of(row)) for row in fields}
    inner = {
        one for one in every for other in every if one != other and other[0] <= one[0] and one[1] <= other[1]
    }
    return sorted(every - inner)


def one_question(several, most, max_gap, forbidden):
    """Whether the device answers a single question for all of these spans."""
    start, end = several[0][0], several[-1][1]
    meant = {register for first, behind in several for register in range(first, behind)}
    gap = 0
    for register in range(start, end):
        gap = 0 if register in meant else gap + 1
        if gap > max_gap or (gap and any(first <= register <= last for first, last in forbidden)):
            return False
    return end - start <= most


def least(fields, limits):
    """The fewest questions that read all fields: every way to cut each table into runs is tried."""
    total = 0
    for table in ("coil", "discrete", "holding", "input"):
        several = spans([row for row in fields if row["table"] == table])
        bits = table in BIT_TABLES
        most = limits.get("max_bits", 2000) if bits else limits.get("max_registers", 125)
        forbidden = [] if bits else limits.get("forbidden", [])
        best = [0]  # for the first 0, 1, 2 ... of them
        for upto in range(1, len(several) + 1):
            ways = [
                best[since] + 1
                for since in range(upto)
                if one_question(several[since:upto], most, limits.get("max_gap", 0), forbidden)
            ]
            best.append(min(ways))
        total += best[-1]
    return total


@pytest.mark.parametrize("name", PROFILES)
def test_a_register_map_asks_no_more_than_its_limits_force(name):
    about = catalogue.describe(name)
    whole = resolve(catalogue.load_profile(name), catalogue.sample_settings(about.settings))
    fields = whole["channel"] + whole["status"]
    turns = {field.get("every", 1) for field in fields}  # slow registers are asked on their own
    forced = [
        least([field for field in fields if field.get("every", 1) == turn], whole["profile"])
        for turn in turns
    ]
    assert len(created(name).questions()) == sum(forced)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PROFILES])
def test_a_driver_in_python_asks_once_or_says_what_forces_more(name):
    assert len(created(name).questions()) == MORE_THAN_ONE.get(name, (1,))[0]


FIELDS = st.fixed_dictionaries(
    {
        "table": st.sampled_from(["holding", "input"]),
        "register": st.integers(0, 40),
        "type": st.sampled_from([name for name, _, _ in TYPES]),
    }
)
LIMITS = st.fixed_dictionaries(
    {
        "max_registers": st.integers(4, 20),
        "max_gap": st.integers(0, 6),
        "forbidden": st.lists(st.tuples(st.integers(0, 44), st.integers(0, 5)), max_size=3).map(
            lambda spans: [[first, first + more] for first, more in spans]
        ),
    }
)


@given(fields=st.lists(FIELDS, min_size=1, max_size=8), limits=LIMITS)
def test_of_any_register_map_the_fewest_questions_are_found(fields, limits):
    found = blocks(fields, limits)
    assert len(found) == least(fields, limits)
    assert sum(len(block.fields) for block in found) == len(fields)
