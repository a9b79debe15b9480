"""Dust monitors, micro-stations, weather stations, gas analysers and process blocks that are profiles.

The registers stand at the addresses of the sources; what is in them is a worked example, by hand.
"""

import pytest

from drivers import catalogue
from drivers.wire.modbus_rtu import ReadRegisters
from tests.drivers.profiles import ambient_analysers, analysers, dust, stations, teledyne
from tests.drivers.profiles.memory import polled

TABLES = (dust, stations, ambient_analysers, analysers, teledyne)
CASES = {case.driver: case for table in TABLES for case in table.CASES}
CLASSES = ("tsp", "micro-station", "meteorology", "cems", "plc")
ELSEWHERE = ("renke-fsxcs", "vaisala-aqt530")  # proven before
PROFILES = [
    name
    for name in catalogue.names()
    if catalogue.describe(name).kind == "profile" and catalogue.describe(name).about["class"] in CLASSES
]


def test_every_profile_of_these_classes_is_here():
    assert set(PROFILES) - set(ELSEWHERE) <= set(CASES)


def held(table, first, count, frame):
    """The registers that a literal answer holds."""
    function = {"holding": 3, "input": 4}[table]
    words = ReadRegisters(bytes.fromhex(frame)[0], function, first, count).parse(bytes.fromhex(frame))
    return {table: {first + at: word for at, word in enumerate(words)}}


LITERAL = [row for table in TABLES for row in getattr(table, "LITERAL", ())]


@pytest.mark.parametrize(("case", "answers", "said"), LITERAL, ids=[row[0] for row in LITERAL])
def test_what_a_source_prints(case, answers, said):
    """Answers in vendors' pages and in the comments of working programs, at the registers asked for."""
    tables = {}
    for table, first, count, frame in answers:
        for name, words in held(table, first, count, frame).items():
            tables.setdefault(name, {}).update(words)
    case = CASES[case]
    merged = {name: case.tables.get(name, {}) | tables.get(name, {}) for name in (*case.tables, *tables)}
    samples, _ = polled(case._replace(tables=merged))
    assert [(sample.value, sample.flag, *sample.conditions) for sample in samples] == said
