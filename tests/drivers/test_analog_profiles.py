"""Analog input modules that are profiles: their scales at known points, and the vendor's frame."""

import struct

import pytest

from drivers import catalogue
from drivers.wire.modbus_rtu import with_crc


def measured(driver, answers):
    """One poll; answers: by function, the register or bit values."""
    talk = driver.measure()
    request = next(talk)
    try:
        while True:
            function, count = request.pdu.function, request.pdu.count
            values = answers[function]
            assert len(values) == count
            if function in (1, 2):
                body = bytes((1, sum(bit << at for at, bit in enumerate(values))))
            else:
                body = bytes((2 * count,)) + struct.pack(f">{count}H", *values)
            request = talk.send(request.parse(with_crc(bytes((request.address, function)) + body)))
    except StopIteration as end:
        return end.value


def test_waveshare_counts_microamperes_and_says_where_an_input_is_set_to_volts():
    driver = catalogue.create("waveshare-analog-8ch", 1, {})
    wiki = bytes.fromhex("01 04 00 00 00 08 F1 CC")  # Waveshare wiki, analog in 8CH: read AI1..8
    assert wiki in [question.encode() for question in driver.questions()]
    raw = [0, 3600, 4000, 12000, 20000, 4000, 4000, 4000]
    samples = measured(driver, {4: raw, 3: [2, 2, 3, 2, 2, 0, 4, 7]})
    assert [sample.value for sample in samples[:5]] == [0.0, 3.6, 4.0, 12.0, 20.0]
    assert [(sample.flag, sample.unit) for sample in samples[:5]] == [("N", "mA")] * 5
    assert samples[5][3:] == ("D", ("the input is set to volts",))
    assert samples[6][3:] == ("D", ("the input is set to bare counts",))
    assert samples[7].flag == "D", "a range that the source does not name"


def test_4017rc_scales_as_its_site_driver_does():
    driver = catalogue.create("ai-4017rc", 1, {})
    raw = [0, 32767, 39321, 65535, 52428, 1, 2, 3]
    samples = measured(driver, {3: raw})
    for value, counts in zip(samples, raw, strict=True):
        assert value.value == pytest.approx((counts - 39321) * 16 / 26214 + 4, abs=1e-9)
    assert samples[2].value == pytest.approx(4.0)
    assert samples[3].value == pytest.approx(20.0, abs=0.001)
    assert samples[0].value == pytest.approx(-20.0)


def test_m_7017c_asks_for_its_scale_and_flags_what_its_bits_say():
    settings = {"type": "int16", "divisor": 1000, "offset": 0, "unit": "mA"}
    driver = catalogue.create("icpdas-m-7017c", 1, settings)
    samples = measured(driver, {4: [4000, 20000, 0xFFFF, 0, 0, 0, 0, 0], 2: [0, 1, 0, 0, 0, 0, 0, 0]})
    assert samples[0] == ("ai0", 4.0, "mA", "N", ())
    assert samples[1] == ("ai1", 20.0, "mA", "D", ("over or under range",))
    assert samples[2].value == -0.001
    discrete = [question for question in driver.questions() if question.pdu.function == 2]
    assert [(question.pdu.start, question.pdu.count) for question in discrete] == [(128, 8)], "10129..10136"
    with pytest.raises(ValueError, match="setting `type` is missing"):
        catalogue.create("icpdas-m-7017c", 1, {})


def test_adam_6017_puts_the_low_word_first():
    driver = catalogue.create("adam-6017", 1, {"unit": "mA"})
    assert [question.encode()[:6].hex() for question in driver.questions()] == ["0103001e0010"]
    samples = measured(driver, {3: [0x0000, 0x4140] + 14 * [0]})
    assert samples[0] == ("ai0", 12.0, "mA", "N", ())
    assert samples[7][:2] == ("ai7", 0.0)
