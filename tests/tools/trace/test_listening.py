"""A line with another master, only listened to."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.wire.modbus_rtu import with_crc
from hal.tap import Record
from tools.trace.listening import Sniffer

CHAR = 10 / 9.6
ASK = bytes.fromhex("01 03 00 08 00 02 45 C9")  # RAEGuard 3 manual p.81
REPLY = bytes.fromhex("01 03 04 00 00 00 D1 3A 6F")  # ibid.: 209
REFUSAL = with_crc(bytes.fromhex("01 83 02"))
SWITCH = with_crc(bytes.fromhex("05 05 00 01 FF 00"))  # the answer is the question again
CUSTOM = with_crc(bytes.fromhex("01 66 04 9B 00 00 00 00"))  # a function no standard knows


def heard(*bursts: tuple[float, bytes], until: float = 1e6) -> list[Record]:
    sniffer = Sniffer(CHAR)
    for at, data in bursts:
        sniffer.heard(data, at)
    sniffer.settle(until)
    return sniffer.tap.since(0)[1]


def said(records: list[Record]) -> list[tuple[str, object, bytes]]:
    return [(record.verdict, record.address, record.data) for record in records]


def test_question_and_answer_with_the_instruments_latency() -> None:
    asked, answered = heard((100.0, ASK), (115.0, REPLY[:4]), (121.0, REPLY[4:]))
    assert said([asked, answered]) == [("asked", 1, ASK), ("answered", 1, REPLY)]
    assert answered.rtt_ms == 21.0
    assert answered.gap_ms is not None
    assert 10 < answered.gap_ms < 12


def test_frames_in_one_bunch_are_cut_by_length_and_check() -> None:
    found = heard((100.0, ASK + REPLY + ASK + REFUSAL + SWITCH + SWITCH))
    assert said(found) == [
        ("asked", 1, ASK),
        ("answered", 1, REPLY),
        ("asked", 1, ASK),
        ("refused", 1, REFUSAL),
        ("asked", 5, SWITCH),
        ("answered", 5, SWITCH),
    ]


def test_a_question_without_an_answer_is_silent_once_the_next_one_comes() -> None:
    found = heard((100.0, ASK), (600.0, ASK), (620.0, REPLY))
    assert [record.verdict for record in found] == ["asked", "silent", "asked", "answered"]
    assert found[1].detail == "no answer before the next question"


def test_a_damaged_answer_stands_as_one() -> None:
    broken = REPLY[:-1] + b"\x00"
    found = heard((100.0, ASK), (120.0, broken), (600.0, ASK), (620.0, REPLY))
    assert said(found)[1] == ("damaged", 1, broken)


def test_unknown_functions_and_texts_end_where_the_line_pauses() -> None:
    assert said(heard((100.0, CUSTOM), until=200.0)) == [("asked", 1, CUSTOM)]
    found = heard((200.0, b"\x02DA014\x0331"), (300.0, b"\xff\xfe\x41"))
    assert said(found) == [("heard", None, b"\x02DA014\x0331"), ("noise", None, b"\xff\xfe\x41")]


def test_a_question_on_an_idle_line_is_given_up() -> None:
    found = heard((100.0, ASK), until=2000.0)
    assert len(found) == 1
    assert heard((100.0, ASK), until=3000.0)[1].detail == "no answer in 2000 ms"


def test_what_trickles_in_is_waited_for() -> None:
    sniffer = Sniffer(CHAR)
    for at, byte in enumerate(ASK):
        sniffer.heard(bytes([byte]), 100.0 + at)
        sniffer.settle(100.5 + at)
    assert said(sniffer.tap.since(0)[1]) == [("asked", 1, ASK)]


def test_bytes_that_an_adapter_bunched_are_one_frame() -> None:
    """32 bytes at once take 33 ms on the wire: longer than the pause that ends a frame."""
    long = with_crc(bytes.fromhex("01 03 3C") + bytes(range(60)))
    question = with_crc(bytes.fromhex("01 03 00 00 00 1E"))
    at, bursts = 100.0, [(100.0, question)]
    for start in range(0, len(long), 32):
        part = long[start : start + 32]
        at += len(part) * CHAR
        bursts.append((at, part))
    assert said(heard(*bursts, until=at + 100)) == [("asked", 1, question), ("answered", 1, long)]


def test_noise_before_a_frame_does_not_hide_it() -> None:
    assert said(heard((100.0, b"\xff" + ASK), until=200.0)) == [("noise", None, b"\xff"), ("asked", 1, ASK)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from((1.0, 15.0, 60.0)),
            st.one_of(st.sampled_from((ASK, REPLY, REFUSAL, SWITCH, CUSTOM)), st.binary(max_size=12)),
        ),
        max_size=10,
    )
)
def test_every_byte_is_in_exactly_one_record(steps: list[tuple[float, bytes]]) -> None:
    at, bursts = 0.0, []
    for pause, data in steps:
        at += pause
        bursts.append((at, data))
    records = heard(*bursts)
    # A damaged answer waits for the next question: ask once more, and nothing is left.
    records = heard(*bursts, (at + 100.0, ASK), (at + 120.0, REPLY))
    assert b"".join(record.data for record in records) == b"".join(data for _, data in bursts) + ASK + REPLY
