"""Real streaming protocols on the line's core, in virtual time: whatever chunks, gaps and damage."""

import functools
import itertools
import operator
import struct

from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import NoAnswer, WireError
from drivers.wire.gill import WindStream
from drivers.wire.nmea import Transducers, WindSentence
from drivers.wire.plantower import StreamedFrame
from drivers.wire.sds011 import Setting, StreamedReading
from hal.doubt import AddressState
from tests.hal.virtual_line import TIMING, Clocked

INTERVAL_MS = 1000.0


def plantower(number):
    body = b"BM\x00\x1c" + struct.pack(">13H", number, *range(12))
    return body + struct.pack(">H", sum(body))


def sds011(number):
    six = [number % 256, number // 256, 0, 0, 0x58, 0xD9]
    return bytes([0xAA, 0xC0, *six, sum(six) % 256, 0xAB])


def gill(number):
    text = f"Q,{number:03d},002.74,M,00,".encode()
    return b"\x02" + text + b"\x03" + b"%02X\r\n" % functools.reduce(operator.xor, text)


STREAMS = {  # the question, an encoder of the test's own, and the number in the value
    "plantower": (StreamedFrame(), plantower, lambda value: value[0]),
    "sds011": (StreamedReading(), sds011, lambda value: round(value.pm2_5 * 10)),
    "gill": (WindStream(), gill, lambda value: value.direction),
}


class Bench(Clocked):
    """One instrument that sends frame `n` at n seconds, while somebody listens from time to time."""

    address = 0

    def __init__(self, *questions):
        super().__init__()
        state = AddressState(self.address, 2500.0, 1)
        state.declare(questions)
        self.core.attach(state, 0.0)

    def run(self, until):
        """Never back in time: chunks may be due while somebody still listens."""
        super().run(max(self.now, until))


FAULTS = st.sampled_from(["none", "none", "flip", "cut", "noise", "missing"])


@given(
    name=st.sampled_from(list(STREAMS)),
    faults=st.lists(FAULTS, min_size=3, max_size=8),
    listen_at=st.lists(st.floats(0, 7999), min_size=1, max_size=5),
    data=st.data(),
)
def test_a_value_is_whole_undamaged_and_new(name, faults, listen_at, data):
    question, encode, number_of = STREAMS[name]
    bench = Bench(question)
    events = []  # (when, bytes): chunks as an adapter hands them over
    good = {}  # number: when its last byte came
    for number, fault in enumerate(faults, 1):
        frame, at = bytearray(encode(number)), number * INTERVAL_MS
        if fault == "missing":
            continue
        if fault == "flip":
            frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        elif fault == "cut":
            frame = frame[: data.draw(st.integers(1, len(frame) - 1))]
        elif fault == "noise":
            frame = bytearray(data.draw(st.binary(min_size=1, max_size=5))) + frame
        cuts = sorted({0, len(frame), *data.draw(st.lists(st.integers(0, len(frame)), max_size=3))})
        for start, end in itertools.pairwise(cuts):
            events.append((at + end * TIMING.char_ms, bytes(frame[start:end])))
        # a hex digit of a check in lower case is the same digit
        if fault in ("none", "noise") or bytes(frame[:-4] + frame[-4:].upper()) == encode(number):
            good[number] = events[-1][0]
    jobs = []
    for at in sorted(listen_at):
        while events and events[0][0] <= at:
            bench.hear(events[0][1], events[0][0])
            events.pop(0)
        bench.run(at)
        jobs.append((bench.now, bench.submit(question)))
    for at, chunk in events:
        bench.hear(chunk, at)
    bench.run(60_000)
    taken = []
    for began, job in jobs:
        assert job.done
        if job.error is None:
            number = number_of(job.result[0])
            assert number in good, "a value out of damage"
            assert job.at == good[number] >= began, "a value of before"
            taken.append(number)
        else:
            assert isinstance(job.error, NoAnswer | WireError)
    assert len(set(taken)) == len(taken), "one frame was taken twice"
    assert bench.sent == []


@given(name=st.sampled_from(list(STREAMS)), began=st.floats(0, 999), noise=st.binary(max_size=60))
def test_the_next_undamaged_frame_is_taken_whenever_one_begins_to_listen(name, began, noise):
    question, encode, number_of = STREAMS[name]
    bench = Bench(question)
    first, second = encode(1), encode(2)
    whole_ms = len(first) * TIMING.char_ms
    bench.hear(noise, 0.0)
    jobs = []
    for at in range(len(first)):  # byte by byte, as the slowest adapter would
        moment = 500 + (at + 1) * TIMING.char_ms
        if not jobs and began <= moment:
            bench.run(began)
            jobs.append(bench.submit(question))
        bench.hear(first[at : at + 1], moment)
    if not jobs:
        bench.run(began)
        jobs.append(bench.submit(question))
    bench.hear(second, 1500 + whole_ms)
    bench.run(10_000)
    (job,) = jobs
    assert job.error is None, str(job.error)
    assert number_of(job.result[0]) == (1 if began <= 500 + whole_ms else 2)


def test_a_command_gets_its_answer_between_the_frames_of_the_stream():
    bench = Bench(StreamedReading(), Setting("work", 0))
    six = [6, 1, 0, 0, 0x58, 0xD9]
    bench.hear(sds011(1), at=1000)
    bench.run(1100)
    job = bench.submit(Setting("work", 0))
    bench.hear(sds011(2)[:4], at=1140)
    bench.hear(sds011(2)[4:] + bytes([0xAA, 0xC5, *six, sum(six) % 256, 0xAB]), at=1160)
    assert job.result == [0]
    assert bench.core.noise_bytes == 0


def test_the_sentences_of_a_burst_are_taken_in_their_order():
    def line(text):
        return b"$%s*%02X\r\n" % (text, functools.reduce(operator.xor, text))

    both = (WindSentence(timeout_ms=2500), Transducers(timeout_ms=2500))
    bench = Bench(*both)
    job = bench.submit(*both)
    burst = line(b"WIMWV,282,R,0.1,M,A") + line(b"WIXDR,C,23.3,C,0") + line(b"WIXDR,H,50.1,P,0")
    bench.hear(burst[:30], at=700)
    bench.hear(burst[30:], at=740)
    wind, (temperature,) = job.result
    assert (wind.speed, temperature.value) == (0.1, 23.3)
    assert bench.core.noise_bytes == 0
