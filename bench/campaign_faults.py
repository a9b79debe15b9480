"""The faults of the campaign: what an instrument sends instead of its answer, or beside it."""

import random
from collections.abc import Callable
from typing import NamedTuple

from drivers.wire.modbus_rtu import ReadRegisters, with_crc

__all__ = ["ADDRESSES", "FAULTS", "SPARE", "STARTS", "UNBOUNDED", "Pace", "answer_to", "questions", "spare"]

ADDRESSES = range(1, 9)
STARTS = (100, 300, 500)  # two questions that can be mistaken for each other, and a longer one
COUNTS = (2, 2, 3)
SPARE = 1  # registers: a count that no question uses
FOREIGN_START = 700  # what the other master asks for
EXCEPTIONS = (1, 2, 3, 4, 5, 6, 8, 10, 11)
UNBOUNDED = "late without bound"  # with the clearing probe alone

Sent = list[tuple[float, bytes]]  # ms after the answer was due, bytes


class Pace(NamedTuple):
    """Times of one half of the campaign, in ms."""

    timeout_ms: float
    quiet_ms: float
    cycle_ms: float


def questions(address: int) -> list[ReadRegisters]:
    return [ReadRegisters(address, 3, start, count) for start, count in zip(STARTS, COUNTS, strict=True)]


def spare(address: int) -> ReadRegisters:
    """The clearing question."""
    return ReadRegisters(address, 3, STARTS[0], SPARE)


def answer_to(question: bytes) -> bytes:
    """The registers name the question: its start, counted up."""
    address, start, count = question[0], int.from_bytes(question[2:4], "big"), question[5]
    values = b"".join((start + at).to_bytes(2, "big") for at in range(count))
    return with_crc(bytes((address, 3, 2 * count)) + values)


class Fault(NamedTuple):
    """whole: the right answer stands in what is sent, in time."""

    send: Callable[[random.Random, Pace, bytes, bytes], Sent]
    whole: bool = False


def noise(rng: random.Random, most: int = 8) -> bytes:
    return rng.randbytes(rng.randint(1, most))


def flipped(rng: random.Random, answer: bytes) -> bytes:
    at = rng.randrange(len(answer))
    return answer[:at] + bytes((answer[at] ^ 1 << rng.randrange(8),)) + answer[at + 1 :]


def split(rng: random.Random, answer: bytes) -> bytes:
    at = rng.randrange(1, len(answer))
    return answer[:at] + noise(rng) + answer[at:]


def of_another(question: bytes) -> bytes:
    """The answer comes under the next instrument's address."""
    return answer_to(bytes((question[0] % len(ADDRESSES) + 1,)) + question[1:])


def other_master(address: int, answer: bytes) -> Sent:
    """Right behind our answer somebody else asks, and is answered while we ask already."""
    asked = ReadRegisters(address, 3, FOREIGN_START, COUNTS[0]).encode()
    return [(0.0, answer + asked), (15.0, answer_to(asked))]


FAULTS: dict[str, Fault] = {
    "silent": Fault(lambda rng, pace, question, answer: []),
    "late": Fault(
        lambda rng, pace, question, answer: [
            (rng.uniform(pace.timeout_ms, 0.95 * pace.quiet_ms), answer),
        ]
    ),
    "late by one cycle": Fault(lambda rng, pace, question, answer: [(pace.cycle_ms, answer)]),
    "late by two cycles": Fault(lambda rng, pace, question, answer: [(2 * pace.cycle_ms, answer)]),
    "late by five cycles": Fault(lambda rng, pace, question, answer: [(5 * pace.cycle_ms, answer)]),
    UNBOUNDED: Fault(
        lambda rng, pace, question, answer: [
            (pace.timeout_ms + rng.expovariate(1 / (2 * pace.quiet_ms)), answer),
        ]
    ),
    "crc": Fault(
        lambda rng, pace, question, answer: [
            (0.0, answer[:-1] + bytes((answer[-1] ^ 1 << rng.randrange(8),))),
        ]
    ),
    "flipped bit": Fault(lambda rng, pace, question, answer: [(0.0, flipped(rng, answer))]),
    "truncated": Fault(lambda rng, pace, question, answer: [(0.0, answer[: rng.randrange(1, len(answer))])]),
    "noise before": Fault(lambda rng, pace, question, answer: [(0.0, noise(rng) + answer)], whole=True),
    "noise inside": Fault(lambda rng, pace, question, answer: [(0.0, split(rng, answer))]),
    "noise behind": Fault(lambda rng, pace, question, answer: [(0.0, answer + noise(rng))], whole=True),
    "zeros of a break": Fault(
        lambda rng, pace, question, answer: [(0.0, bytes(rng.randint(1, 30)) + answer)], whole=True
    ),
    "babble": Fault(
        lambda rng, pace, question, answer: [(0.0, answer + rng.randbytes(rng.randint(20, 200)))], whole=True
    ),
    "echo": Fault(lambda rng, pace, question, answer: [(0.0, question + answer)], whole=True),
    "sent twice": Fault(lambda rng, pace, question, answer: [(0.0, answer), (0.0, answer)], whole=True),
    "foreign address": Fault(lambda rng, pace, question, answer: [(0.0, of_another(question))]),
    "exception": Fault(
        lambda rng, pace, question, answer: [
            (0.0, with_crc(bytes((question[0], 0x83, rng.choice(EXCEPTIONS))))),
        ]
    ),
    "second master": Fault(lambda rng, pace, question, answer: other_master(99, answer), whole=True),
    "second master asks ours": Fault(
        lambda rng, pace, question, answer: other_master(question[0] % len(ADDRESSES) + 1, answer), whole=True
    ),
}
