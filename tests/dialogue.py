"""Dialogues with an instrument, written as they stand in its manual: sent, answered, and what was said.

A dialogue is a real talk byte for byte, or says in its source what of it is ours. The conformance
test plays every dialogue of `tests/dialogues/`; a driver's own test plays more of them.
"""

from typing import Any, NamedTuple

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from tests.frames.row import as_bytes

__all__ = ["SILENCE", "Dialogue", "ask", "created", "play"]

SILENCE = None  # in place of an answer


class Dialogue(NamedTuple):
    """driver, source; talk: pairs (sent, answered) as `as_bytes` reads them, sent "'" for a listening;
    said: what the operation returns, or the exception it ends by; settings, address; operation, args.
    """

    driver: str
    source: str
    talk: tuple[tuple[str, str | None], ...]
    said: Any
    settings: dict[str, Any] = {}  # noqa: RUF012 - never changed
    address: int = 0
    operation: str = "measure"
    args: tuple[Any, ...] = ()


def created(name: str, settings: dict[str, Any] | None = None, address: int | None = None) -> Any:
    """A driver with settings that it takes where none are given, at its lowest address."""
    about = catalogue.describe(name)
    lowest = (about.addresses or (0, 0))[0]
    given = catalogue.sample_settings(about.settings) if settings is None else settings
    return catalogue.create(name, lowest if address is None else address, given)


def play(dialogue: Dialogue) -> Any:
    """What the operation returns; every byte sent is compared. Raises what the operation raises."""
    driver = created(dialogue.driver, dialogue.settings, dialogue.address)
    talk = getattr(driver, dialogue.operation)(*dialogue.args)
    try:
        request = next(talk)
        for at, (sent, answered) in enumerate(dialogue.talk):
            assert request.encode() == as_bytes(sent), (dialogue.driver, at, request.encode(), sent)
            request = answer(talk, request, None if answered is None else as_bytes(answered))
    except StopIteration as end:
        assert at == len(dialogue.talk) - 1, f"{dialogue.driver} ended after {at + 1} of {len(dialogue.talk)}"
        return end.value
    raise AssertionError(f"{dialogue.driver} asks more: {request.encode()!r}")


def answer(talk: Any, request: Any, frame: bytes | None) -> Any:
    """Hand what the line would; the next request. Raises StopIteration when the talk is over."""
    if frame is None:
        if request.broadcast or request.may_be_silent:
            return talk.send(None)
        return talk.throw(NoAnswer(1000))
    try:
        value = request.parse(frame)
    except (WireError, Refused) as failure:
        return talk.throw(failure)
    assert value is not None, f"the answer {frame!r} is not whole"
    return talk.send(value)


def ask(talk: Any, *frames: bytes | None) -> Any:
    """What a conversation returns that is given these answers in turn."""
    try:
        request = next(talk)
        for frame in frames:
            request = answer(talk, request, frame)
    except StopIteration as end:
        return end.value
    raise AssertionError(f"it asks more: {request.encode()!r}")
