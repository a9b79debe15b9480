"""The spare question of a profile's driver: of another length than all others, from known registers."""

from hypothesis import given
from hypothesis import strategies as st

from drivers import catalogue
from drivers.registers import RegisterDriver
from hal.doubt import AddressState

PROFILE = {"profile": {"name": "rig", "protocol": "modbus"}}


def driver(*fields, **limits):
    channels = [
        {"name": f"c{at}", "table": table, "register": register, "type": kind, "unit": "ppm"}
        for at, (table, register, kind) in enumerate(fields)
    ]
    return RegisterDriver(1, {"profile": {**PROFILE["profile"], **limits}, "channel": channels}, {})


def spare(*fields, **limits):
    found = driver(*fields, **limits).clearing
    return found and (found.pdu.function, found.pdu.start, found.pdu.count)


def test_whole_fields_come_first():
    wide = [
        ("holding", 0, "float32"),
        ("holding", 2, "float32"),
        ("holding", 50, "float32"),
        ("holding", 52, "float32"),
    ]
    assert spare(*wide) == (3, 0, 2), "one of two floats, where each question reads two"


def test_else_a_part_of_a_field():
    assert spare(("holding", 100, "float32"), ("holding", 300, "float32")) == (3, 100, 1)


def test_none_where_every_shorter_length_is_taken():
    assert spare(("holding", 100, "uint16"), ("holding", 300, "uint16")) is None
    assert spare(("holding", 100, "float32"), ("holding", 300, "uint16")) is None
    assert spare(("coil", 0, "bit"), ("coil", 50, "bit")) is None


def test_lengths_of_another_function_are_free():
    assert spare(("input", 100, "float32"), ("holding", 300, "uint16"), ("input", 200, "float32")) == (
        4,
        100,
        1,
    )


FIELDS = st.lists(
    st.tuples(
        st.sampled_from(("holding", "input")),
        st.integers(0, 60),
        st.sampled_from(("uint16", "float32", "float64")),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda field: field[:2],
)


@given(FIELDS, st.integers(4, 20))
def test_it_reads_known_registers_and_can_be_mistaken_for_no_question(fields, max_registers):
    made = driver(*fields, max_registers=max_registers)
    clearing = made.clearing
    if clearing is None:
        return
    assert clearing.shape not in [question.shape for question in made.questions()]
    assert clearing.pdu.count <= max_registers
    asked = {
        (question.pdu.function, register)
        for question in made.questions()
        for register in range(question.pdu.start, question.pdu.start + question.pdu.count)
    }
    reads = range(clearing.pdu.start, clearing.pdu.start + clearing.pdu.count)
    assert {(clearing.pdu.function, register) for register in reads} <= asked


def of_profile(name):
    made = catalogue.create(name, 1, {"unit": "ppm", "temperature_unit": "degC"})
    state = AddressState(1, 500.0, 1)
    state.declare(made.questions(), made.clearing)
    return state


def test_a_named_profile_with_questions_that_can_be_mistaken_is_cleared_by_it():
    vaisala = of_profile("vaisala-aqt530")
    assert vaisala.mistakable == [(3, 6)], "two questions of three registers each"
    assert vaisala.clearing.pdu.count == 1
    evikon = of_profile("evikon-e2638-pid")
    assert evikon.mistakable == [(3, 2)]
    assert evikon.clearing is None, "single registers: nothing shorter, and nothing more is known"
