"""The emulated module against the vendor's frames, and the agent's driver against it over a pty."""

import math

import pytest

from hardware_sim.instruments import Adam4017
from hardware_sim.scripts import Script
from hardware_sim.tables import BenchError

EIGHT = (8.074, 5.794, 7.228, 7.748, 5.763, 6.812, 11.576, 14.668)
SAID = b">+08.074+05.794+07.228+07.748+05.763+06.812+11.576+14.668\r"  # Yimning/Daily-Code


def module(address=1, checksum="off", **values):
    scripts = {name: Script(value, name) for name, value in values.items()}
    return Adam4017(address, {"unit": "mA", "checksum": checksum}, scripts, "instrument m")


def eight(**settings):
    return module(**settings, **{f"ai{at}": value for at, value in enumerate(EIGHT)})


def test_it_says_what_the_site_driver_reads():
    answer = eight().answer(b"#01\r", 0)
    assert answer.frame == SAID
    assert tuple(answer.values.values()) == EIGHT
    answer = eight().answer(b"#017\r", 0)
    assert (answer.frame, answer.values) == (b">+14.668\r", {"ai7": 14.668})


def test_with_a_checksum_as_in_the_manual():
    """ADAM-4000 manual p. F-2: #0588 and >+3.56719D, the sum over everything before it."""
    answer = module(address=5, checksum="on", ai0=3.567).answer(b"#0500B8\r"[:4] + b"8\r", 0)
    assert answer is None, "half a checksum is none"
    answer = module(address=5, checksum="on", ai0=3.567).answer(b"#0588\r", 0)
    text, check = answer.frame[:-3], answer.frame[-3:-1]
    assert text.startswith(b">+03.567+00.000")
    assert int(check, 16) == sum(text) % 256
    assert module(address=5, checksum="on").answer(b"#05\r", 0) is None, "the module does not respond"
    assert module(address=5, checksum="on").answer(b"#0589\r", 0) is None


@pytest.mark.parametrize("request_", [b"#02\r", b"$012\r", b"#01\r", b"$01M\r"])
def test_it_answers_for_itself_alone(request_):
    answered = module(address=1).answer(request_, 0)
    assert (answered is None) == (request_ == b"#02\r")


def test_name_and_configuration_carry_its_address():
    assert module(0xA1).answer(b"$A1M\r", 0).frame == b"!A14017P\r"
    assert module(0xA1).answer(b"$A12\r", 0).frame == b"!A10D0600\r"
    assert module(0xA1, "on").answer(b"$A12C8\r", 0).frame[:-3] == b"!A10D0640"
    assert module(0xA1).as_foreign(b"!A10D0600\r") == b"!A20D0600\r"


def test_requests_are_found_in_what_comes():
    found = Adam4017.request_length
    assert found(b"#01\rmore") == 4
    assert found(b"#0588\r") == 6
    assert found(b"#01") == 0
    assert found(b"%0101\r") == 0
    assert found(b"") == 0


@pytest.mark.parametrize("value", [100.0, -100.0, math.nan])
def test_what_cannot_be_said(value):
    with pytest.raises(BenchError, match="cannot be said"):
        module(ai3=value)
    with pytest.raises(BenchError, match=r"not within 0\.\.255"):
        module(address=256)
