"""Every profile has an emulator for nothing: it answers what the driver asks, and is in good order."""

import pytest

from drivers import catalogue
from drivers.registers import resolve
from hardware_sim.modbus import ModbusInstrument
from hardware_sim.scripts import Script

PROFILES = [name for name in catalogue.names() if catalogue.describe(name).kind == "profile"]
ADDRESS = 9


def poll(name, scripts, operation="measure"):
    """(the resolved profile, what the driver makes of the emulator's answers)."""
    settings = catalogue.sample_settings(catalogue.describe(name).settings)
    driver = catalogue.create(name, ADDRESS, settings)
    profile = resolve(catalogue.load_profile(name), settings)
    emulator = ModbusInstrument(ADDRESS, profile, scripts, name)
    talk = getattr(driver, operation)()
    request = next(talk)
    try:
        while True:
            request = talk.send(request.parse(emulator.answer(request.encode(), 0.0).frame))
    except StopIteration as end:
        return profile, end.value


@pytest.mark.parametrize("name", PROFILES)
def test_by_itself_it_is_in_normal_state(name):
    _, samples = poll(name, {})
    assert {sample.flag for sample in samples} == {"N"}


@pytest.mark.parametrize("name", PROFILES)
def test_it_says_each_channel_that_it_is_given(name):
    settings = catalogue.sample_settings(catalogue.describe(name).settings)
    channels = resolve(catalogue.load_profile(name), settings)["channel"]
    wanted = {channel["name"]: 3.0 + at for at, channel in enumerate(channels)}
    _, samples = poll(name, {channel: Script(value, name) for channel, value in wanted.items()})
    for sample, channel in zip(samples, channels, strict=True):
        step = 1 if channel["type"] == "float32" else channel["scale"] / channel["divisor"]
        assert sample.value == pytest.approx(wanted[sample.channel], abs=abs(step), rel=1e-5), sample


@pytest.mark.parametrize("name", [name for name in PROFILES if catalogue.load_profile(name).get("identity")])
def test_it_says_what_it_is(name):
    profile, said = poll(name, {}, "identify")
    assert "identify" in catalogue.describe(name).operations
    assert [text.partition(": ")[0] for text in said] == [row["name"] for row in profile["identity"]]
    for text, row in zip(said, profile["identity"], strict=True):
        assert text.endswith(f": {row.get('is', '')}") or "is" not in row
        assert "no time" not in text


STATED = [
    (name, at) for name in PROFILES for at in range(len(catalogue.load_profile(name).get("status", ())))
]


@pytest.mark.parametrize(("name", "at"), STATED)
def test_a_state_that_is_scripted_is_told(name, at):
    status = catalogue.load_profile(name)["status"][at]
    for key in ("values",) if "mask" in status else ("values", "bits"):
        for state in status.get(key, ()):
            raw = state["is"] if key == "values" else 1 << state["bit"]
            if (status["type"], raw) == ("int16", 0x8000):
                raw = -0x8000
            _, samples = poll(name, {status["name"]: Script(float(raw), name)})
            touched = [s for s in samples if s.channel in status.get("channels", (s.channel,))]
            flags = {sample.flag for sample in touched}
            assert state["flag"] in flags or state["flag"] == "N", (state, flags)
            assert all(state["condition"] in s.conditions for s in touched if "condition" in state)
