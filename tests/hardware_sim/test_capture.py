"""Captures: what is written is read again, and whatever else a file holds is refused by file and line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.tap import VERDICTS as TAP_VERDICTS
from hardware_sim import capture
from hardware_sim.capture import CaptureError, Entry, Header, entry_line, header_line, parse

HEADER = Header("a", 9600, "8N1", 1_795_420_800_000, "agent", (("pid", 3, "honeywell-raeguard3"),))
ASKED = Entry(0.0, 8.333, "asked", bytes.fromhex("01030008000245c9"), 1)
ANSWERED = Entry(14.0, 23.375, "answered", bytes.fromhex("010304000000d13a6f"), 1, 5.667, 15.042)
GOOD = [header_line(HEADER), entry_line(ASKED), entry_line(ANSWERED)]


def parsed(rows: list[str]) -> capture.Capture:
    return parse([row.encode() + b"\n" for row in rows], "c.jsonl")


def changed(line: int, **keys: object) -> list[str]:
    rows = list(GOOD)
    rows[line] = json.dumps({**json.loads(rows[line]), **keys})
    return rows


def test_what_is_written_is_read_again() -> None:
    assert parsed(GOOD) == (HEADER, (ASKED, ANSWERED))


def test_the_verdicts_are_the_taps() -> None:
    assert set(capture.VERDICTS) == set(TAP_VERDICTS)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "c.jsonl: empty: a capture begins with a header"),
        (["{"], "c.jsonl:1: not JSON: Expecting property name enclosed in double quotes"),
        (["[1]"], "c.jsonl:1: not a JSON object"),
        (['{"seq": 1}'], 'c.jsonl:1: not a capture: its first line has no "kind": "fenceline-capture"'),
        (changed(0, version=None), "c.jsonl:1: `version`: missing"),
        (changed(0, version=2), "c.jsonl:1: version 2: this program reads version 1"),
        (changed(0, baud=0), "c.jsonl:1: `baud`: 0 is not a whole number within 50..4000000"),
        (changed(0, framing="9N1"), "c.jsonl:1: `framing`: '9N1' is none: as in 8N1, 8E1, 7E1"),
        (changed(0, source="x"), "c.jsonl:1: `source`: 'x' is none of agent, listening"),
        (changed(0, instruments=[{"id": 1}]), "c.jsonl:1: `instruments`: {'id': 1} has no id and driver"),
        (changed(1, hex="0x1"), "c.jsonl:2: `hex`: '0x1' is no row of hex bytes"),
        (changed(1, hex=""), "c.jsonl:2: `hex`: no bytes in a record that is asked"),
        (changed(1, verdict="fine"), "c.jsonl:2: `verdict`: 'fine' is none of asked, answered,"),
        (changed(1, dir="in"), "c.jsonl:2: `dir`: asked goes out"),
        (changed(2, t="soon"), "c.jsonl:3: `t`: 'soon' is not a number of milliseconds"),
        (changed(2, t=float("nan")), "c.jsonl:3: `t`: nan is not a number of milliseconds"),
        (changed(2, end=1), "c.jsonl:3: `end`: 1 ms is before `t`, 14 ms"),
        (changed(2, address=[1]), "c.jsonl:3: `address`: [1] is no address"),
        (changed(2, verdict="silent"), "c.jsonl:3: `hex`: bytes in a record that is silent"),
        (changed(2, hex="00" * 8193), "c.jsonl:3: `hex`: 8193 bytes, a record has at most 8192"),
        (changed(2, detail=5), "c.jsonl:3: `detail`: 5 is not a text"),
    ],
)
def test_faults_are_named_with_file_and_line(rows: list[str], message: str) -> None:
    with pytest.raises(CaptureError) as raised:
        parsed(rows)
    assert str(raised.value).startswith(message)


def test_a_last_line_that_was_cut_off_is_left_out() -> None:
    whole = [row.encode() + b"\n" for row in GOOD]
    assert parse([*whole, entry_line(ANSWERED).encode()[:30]], "c").entries == (ASKED, ANSWERED)
    with pytest.raises(CaptureError, match=r"c:1: not JSON"):
        parse([whole[0][:20]], "c")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"none\.jsonl: cannot be read: No such file or directory"):
        capture.read(tmp_path / "none.jsonl")


TIMES = st.floats(0, 1e9).map(lambda value: round(value, 3))
ENTRIES = st.builds(
    lambda at, length, verdict, data, address, gap, rtt, detail: Entry(
        at,
        round(at + length, 3),
        verdict,
        b"" if verdict in ("silent", "lost") else data,
        address,
        gap,
        rtt,
        detail,
    ),
    TIMES,
    st.floats(0, 1000),
    st.sampled_from(capture.VERDICTS),
    st.binary(min_size=1, max_size=40),
    st.one_of(st.none(), st.integers(0, 999), st.text(max_size=5)),
    st.one_of(st.none(), TIMES),
    st.one_of(st.none(), TIMES),
    st.text(max_size=20),
)


@given(st.lists(ENTRIES, max_size=6))
def test_every_record_survives_the_file(entries: list[Entry]) -> None:
    assert parsed([header_line(HEADER), *map(entry_line, entries)]).entries == tuple(entries)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.integers(0, 2),
    st.sampled_from(sorted(json.loads(GOOD[0]).keys() | json.loads(GOOD[2]).keys())),
    JSON,
)
def test_any_value_of_any_key_is_taken_or_refused(line: int, key: str, value: object) -> None:
    rows = list(GOOD)
    rows[line] = json.dumps({**json.loads(rows[line]), key: value})
    try:
        parsed(rows)
    except CaptureError as error:
        assert error.line == line + 1  # noqa: PT017


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([row.encode() for row in GOOD])), max_size=4)
)
def test_any_bytes_are_a_capture_or_an_error(lines: list[bytes]) -> None:
    try:
        parse([line + b"\n" for line in lines], "c")
    except CaptureError as error:
        assert error.what  # noqa: PT017
