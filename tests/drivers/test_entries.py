"""Every instrument that the sources describe has a driver, or a line that says why it has none."""

import re
from pathlib import Path

import pytest

from drivers import catalogue

HERE = Path(__file__).parent
ENTRIES = [
    line.split("\t")
    for line in (HERE / "entries.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
PAGE = (HERE.parents[1] / "docs" / "instruments.md").read_text(encoding="utf-8")
LEFT_OUT = re.findall(r"\*\*([^*]+)\*\*", PAGE.partition("## Left out, and why")[2])
ELSEWHERE = {
    "Renke-style PM2.5/PM10 transmitter (RS-485)"
}  # hearsay only: no entry, and its reason stands there
DRIVERS = {*catalogue.names(), *catalogue.relay_names()}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry[0] for entry in ENTRIES])
def test_an_entry_has_drivers_or_a_reason(entry):
    _, worth, drivers, *reason = entry
    assert worth in ("A", "B")
    if drivers == "-":
        assert " ".join(reason[0].split()) in [" ".join(words.split()) for words in LEFT_OUT]
    else:
        assert reason == []
        assert set(drivers.split()) <= DRIVERS


def test_every_driver_is_of_an_entry():
    named = [name for entry in ENTRIES for name in entry[2].split() if name != "-"]
    assert DRIVERS - set(named) == set(), "add its instrument to entries.tsv"
    assert len(named) == len(set(named))


def test_nothing_is_left_out_that_has_a_driver_and_no_reason_is_of_nothing():
    reasons = {" ".join(entry[3].split()) for entry in ENTRIES if entry[2] == "-"}
    left_out = {" ".join(words.split()) for words in LEFT_OUT}
    assert left_out - ELSEWHERE == reasons, "of an instrument that has a driver by now, delete the line"
