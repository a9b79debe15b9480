"""Who an instrument is: what is asked for it, and what of the answer stays."""

import pytest

from agent.device_records import apart, lasting
from drivers import catalogue
from drivers.exchange import Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters

MEASURING = ReadRegisters(1, 3, 0, 2)
MODEL, SERIAL = ReadRegisters(1, 3, 100, 2), ReadRegisters(1, 3, 200, 2)


def identify(*requests):
    said = []
    for request in requests:
        try:
            said.append(f"{request.pdu.start}: {(yield request)}")
        except Refused as refusal:
            said.append(f"{request.pdu.start}: {refusal}")
    return tuple(said)


def played(conversation, answers):
    """What was asked, and what the conversation returned."""
    asked, answers = [], list(answers)
    try:
        request = next(conversation)
        while True:
            asked.append(request)
            answer = answers.pop(0)
            request = (
                conversation.throw(answer) if isinstance(answer, Exception) else conversation.send(answer)
            )
    except StopIteration as end:
        return asked, end.value


def test_it_is_asked_as_its_driver_does():
    assert played(apart(identify(MODEL, SERIAL), [MEASURING]), [5, Refused(2, "no such register")]) == (
        [MODEL, SERIAL],
        ["100: 5", "200: refused with 0x02 (no such register)"],
    )
    assert played(apart(identify(), [MEASURING]), []) == ([], [])


def test_what_a_poll_asks_too_is_not_asked_apart():
    """Its answer is a measurement that nobody would keep."""
    assert played(apart(identify(MEASURING), [MEASURING]), []) == ([], [])
    assert played(apart(identify(MODEL, MEASURING, SERIAL), [MEASURING]), [5]) == ([MODEL], [])


def test_silence_ends_it():
    conversation = apart(identify(MODEL, SERIAL), [MEASURING])
    next(conversation)
    with pytest.raises(WireError):
        conversation.throw(WireError("CRC", 1, 2))


@pytest.mark.parametrize("name", ["thermo-5030i", "durag-f701-20", "ecotech-serinus"])
def test_a_serial_number_that_comes_with_each_measurement_costs_none(name):
    settings = {"values": ["tsp"], "unit": "ug/m3", "measuring": 0, "codes": [1], "channel": "so2"}
    wanted = {spec["name"] for spec in catalogue.describe(name).settings}
    chosen = {key: value for key, value in settings.items() if key in wanted}
    for spec in catalogue.describe(name).settings:
        chosen.setdefault(spec["name"], (spec.get("choices") or [spec.get("example")])[0])
    driver = catalogue.create(name, 1, chosen)
    assert played(apart(driver.identify(), driver.questions()), []) == ([], [])


def test_a_clock_is_not_who_it_is():
    said = (
        "serial number: 7",
        "time: 2026-11-25 10:12:31",
        "firmware of 2016-11-12",
        "time 9:05",
        "clock: no time: 00FF 1234",
    )
    assert lasting(said) == ["serial number: 7", "firmware of 2016-11-12"]
