"""Payloads: byte for byte where it matters, and against the published schemas for anything."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from agent.uplink import messages
from agent.uplink.messages import Origin, Topics
from drivers.sample import FLAGS
from store.rows import Event, Reading

ORIGIN = Origin("gp-01", "k3v9q2ab", 7)
NAMES = st.text(min_size=1, max_size=12)
TIMES = st.integers(0, 2**45)
BODIES = st.dictionaries(
    NAMES,
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.floats()),
    max_size=4,
)
READINGS = st.builds(
    Reading,
    channel=NAMES,
    t=TIMES,
    mono=TIMES,
    trusted=st.booleans(),
    value=st.none() | st.floats(),
    raw=st.none(),
    flag=st.sampled_from(FLAGS),
    conditions=st.lists(NAMES, max_size=2).map(tuple),
)
EVENTS = st.builds(
    Event,
    kind=st.just("of-a-later-version"),
    id=NAMES,
    t=TIMES,
    mono=TIMES,
    trusted=st.booleans(),
    body=BODIES,
)


def strictly(text: bytes) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_the_bytes_of_a_readings_message() -> None:
    rows = [
        (1201, Reading("pid-benzene-tank.voc", 1795420800000, 1, True, 12.3, None, "N")),
        (1202, Reading("tsp.pm10", 1795420800500, 2, False, None, None, "D", ("sensor absent",))),
    ]
    assert messages.readings(ORIGIN, rows, historical=False) == (
        b'{"station":"gp-01","log":"k3v9q2ab","boot":7,"historical":false,"readings":['
        b'{"seq":1201,"t":1795420800000,"ch":"pid-benzene-tank.voc","v":12.3,"f":"N"},'
        b'{"seq":1202,"t":1795420800500,"ch":"tsp.pm10","v":null,"f":"D","tu":1,"c":["sensor absent"]}]}'
    )


def test_the_bytes_of_an_events_message() -> None:
    event = Event("fault", "7-1", 5, 1, True, {"what": "mqtt", "state": "refused", "detail": "µ", "seq": "?"})
    assert messages.events(ORIGIN, [(None, event)]).decode() == (
        '{"station":"gp-01","log":"k3v9q2ab","boot":7,"events":[{"what":"mqtt","state":"refused",'
        '"detail":"µ","seq":null,"id":"7-1","t":5,"kind":"fault","durable":false}]}'
    )


@given(st.lists(READINGS, min_size=1, max_size=5), st.booleans())
def test_any_reading_keeps_the_contract(kit: Any, rows: list[Reading], historical: bool) -> None:
    got = strictly(messages.readings(ORIGIN, list(enumerate(rows, 1)), historical=historical))
    kit.validators["readings"].validate(got)
    for entry, row in zip(got["readings"], rows, strict=True):
        finite = row.value is not None and math.isfinite(row.value)
        assert entry["v"] == (row.value if finite else None), "exactly, and never NaN"
        assert (entry.get("tu") == 1) == (not row.trusted)


@given(EVENTS, st.none() | st.integers(1, 2**53))
def test_any_event_keeps_the_contract(kit: Any, event: Event, seq: int | None) -> None:
    got = strictly(messages.events(ORIGIN, [(seq, event)]))
    kit.validators["events"].validate(got)
    assert (got["events"][0]["seq"], got["events"][0]["durable"]) == (seq, seq is not None)


def test_status_and_meta_keep_the_contract(kit: Any) -> None:
    kit.validators["status"].validate(strictly(messages.status(ORIGIN, "online", 5, "0.1.0", "connected")))
    kit.validators["meta"].validate(strictly(messages.meta("gp-01", "works", "0.1.0", {})))


def test_topics() -> None:
    base = "fenceline/1/north-works/gp-01/"
    assert Topics.of("north-works", "gp-01") == (
        base + "readings",
        base + "events",
        base + "status",
        base + "meta",
    )


@pytest.mark.parametrize("name", ["readings", "events", "status", "meta"])
def test_the_schemas_are_schemas_and_refuse_what_is_empty(kit: Any, name: str) -> None:
    Draft202012Validator.check_schema(kit.validators[name].schema)
    with pytest.raises(ValidationError):
        kit.validators[name].validate({})


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("alarm", "rule"),
        ("gap", "reason"),
        ("fault", "what"),
        ("start", "boot"),
        ("time-correction", "boot"),
        ("time-unknown", "reason"),
        ("record", "record"),
    ],
)
def test_the_schema_knows_the_kinds(kit: Any, kind: str, missing: str) -> None:
    event = {"seq": 1, "id": "a", "t": 1, "kind": kind, "durable": True}
    with pytest.raises(ValidationError, match=f"'{missing}' is a required property"):
        kit.validators["events"].validate({**ORIGIN._asdict(), "events": [event]})
