"""A captured answer of an instrument with a protocol of its own, read by its driver."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from drivers import catalogue
from drivers.exchange import Refused, Request, WireError
from drivers.sample import Sample
from tools.decoding.modbus import RAW
from tools.decoding.result import Decoded, NotDecoded, hex_of, most_telling, value_of

__all__ = ["decode_others"]

TRIES_MAX = 4000  # addresses times choices of missing settings; the largest address range is 0..999
COUNTS = ("values", "fields", "fields of the record", "fields of the line", "columns")
FAILURES = (NotDecoded, WireError, Refused)


def decode_others(
    name: str, replies: list[bytes], request: bytes | None, settings: dict[str, Any], address: int | None
) -> Decoded:
    """What the answers say, in the order in which the driver asks; its address is found where none is given.

    Raises NotDecoded, WireError, Refused, ValueError.
    """
    about = catalogue.describe(name)
    missing = [spec["name"] for spec in about.settings if spec["name"] not in settings]
    failures: list[Exception] = []
    best: Decoded | None = None
    for driver in islice(_candidates(about, settings, address), TRIES_MAX):
        try:
            decoded = _raw(driver, replies, request) if missing else _by(driver, replies, request)
        except FAILURES as failure:
            failures.append(failure)
            continue
        if best is None or (decoded.samples and not best.samples):
            best = decoded
        if best.samples:
            break
    if best is None:
        reason = most_telling(failures)
        if not (missing and isinstance(reason, WireError) and reason.field in COUNTS):
            raise reason
        best = _words(replies)  # sound, but of another number of values than the example settings have
    best.conditions[:0] = [f"setting `{each}` is missing: raw values" for each in missing]
    return best


def _candidates(
    about: catalogue.Description, settings: dict[str, Any], address: int | None
) -> Iterator[catalogue.Driver]:
    """The driver at every address, with every choice of the settings that are missing."""
    low, high = about.addresses or (0, 0)
    addresses = range(low, high + 1) if address is None else [address]
    sample = catalogue.sample_settings(about.settings)
    open_specs = [spec for spec in about.settings if spec["name"] not in settings]
    choices = [spec.get("choices", [sample[spec["name"]]]) for spec in open_specs]
    for values in product(*choices):
        tried = dict(zip([spec["name"] for spec in open_specs], values, strict=True))
        for each in addresses:
            yield catalogue.create(about.name, each, {**settings, **tried})


def _question(driver: catalogue.Driver, reply: bytes, request: bytes | None) -> tuple[Request, Any]:
    """The question of the driver's poll that the answer fits, and what its codec reads."""
    questions = [q for q in driver.questions() if request is None or q.encode() == request]
    if not questions:
        asked = "; ".join(hex_of(question.encode()) for question in driver.questions())
        raise NotDecoded(f"the request is none of the driver's poll, which asks {asked}")
    failures: list[Exception] = []
    for question in questions:
        try:
            return question, value_of(question, reply)
        except FAILURES as failure:
            failures.append(failure)
    raise most_telling(failures)


def _by(driver: catalogue.Driver, replies: list[bytes], request: bytes | None) -> Decoded:
    """The driver's own poll, given these answers; where it wants more of them, what each says alone."""
    parsed = [_question(driver, reply, request if at == 0 else None) for at, reply in enumerate(replies)]
    decoded = Decoded(fields=[_field(question, value) for question, value in parsed])
    left = list(replies)
    talk = driver.measure()
    try:
        asked = next(talk)
        while True:
            answer = _answer(asked, left)
            if answer is None:
                break
            asked = talk.send(answer)
    except StopIteration as end:
        decoded.samples = end.value
        return decoded
    finally:
        talk.close()
    what = hex_of(asked.encode()) or "what it hears next"
    decoded.conditions.append(f"the channels also need the answer to {what}: give it as another --reply")
    return decoded


def _answer(asked: Request, left: list[bytes]) -> Any:
    """What the first of the answers that fits says, which is taken from `left`; None where none does."""
    for at, reply in enumerate(left):
        try:
            value = value_of(asked, reply)
        except FAILURES:
            continue
        del left[at]
        return value
    return None


def _raw(driver: catalogue.Driver, replies: list[bytes], request: bytes | None) -> Decoded:
    """What the codec reads, before a setting gives it a meaning."""
    decoded = Decoded()
    for at, reply in enumerate(replies):
        question, value = _question(driver, reply, request if at == 0 else None)
        decoded.fields.append(_field(question, value))
        for item in _flat(value):
            name = f"value_{len(decoded.samples) + 1}"
            decoded.samples.append(Sample(name, item, RAW, "N", ()))
    return decoded


def _words(replies: list[bytes]) -> Decoded:
    """The words of the frames, numbers as such: for a record whose number of values a setting tells."""
    decoded = Decoded()
    for reply in replies:
        text = "".join(chr(byte) if 32 < byte < 127 else " " for byte in reply)
        decoded.fields.append(f"words: {' '.join(text.split())}")
        for word in re.split(r"[ ,;]+", text.strip(" ,;")):
            try:
                value: Any = float(word)
            except ValueError:
                value = word
            decoded.samples.append(Sample(f"value_{len(decoded.samples) + 1}", value, RAW, "N", ()))
    return decoded


def _flat(value: Any) -> Iterator[Any]:
    """The numbers and texts of what a codec returned, which may be tuples in tuples."""
    if isinstance(value, dict):
        value = tuple(value.items())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, (bytes, bytearray)):
        yield hex_of(bytes(value))
    elif value is not None:
        yield value


def _field(question: Request, value: Any) -> str:
    asked = question.encode()
    return f"answer to {hex_of(asked)}: {value!r}" if asked else f"heard: {value!r}"
