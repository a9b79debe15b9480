import pytest

from hal.clock import RELEASED_UTC_MS, Clock, kernel_synchronised


@pytest.mark.parametrize(("state", "expected"), [(0, True), (1, True), (4, True), (5, False), (-1, False)])
def test_the_kernel_says_whether_its_clock_is_synchronised(state, expected):
    assert kernel_synchronised(lambda timex: state) is expected


def test_the_real_call_answers_without_touching_the_clock():
    seen = []

    def call(timex):
        seen.append(bytes(timex[:4]))
        return 0

    kernel_synchronised(call)
    assert seen == [b"\0\0\0\0"], "modes must be 0: read only"
    assert kernel_synchronised() in (True, False)


def test_a_stated_clock_is_trusted():
    assert Clock("trusted").utc_trusted()


def test_a_battery_clock_is_trusted_only_after_the_last_journalled_time(tmp_path, monkeypatch):
    monkeypatch.setattr("hal.clock.kernel_synchronised", lambda: False)
    rtc = tmp_path / "rtc0"
    assert not Clock("auto", rtc).utc_trusted()
    rtc.touch()
    clock = Clock("auto", rtc)
    monkeypatch.setattr(clock, "utc_ms", lambda: RELEASED_UTC_MS + 1000)
    assert clock.utc_trusted()
    later = Clock("auto", rtc)
    later.last_known_utc_ms = RELEASED_UTC_MS + 2000
    monkeypatch.setattr(later, "utc_ms", lambda: RELEASED_UTC_MS + 1000)
    assert not later.utc_trusted()


def test_a_moment_on_the_monotonic_clock_has_its_utc():
    clock = Clock("trusted")
    now = clock.monotonic()
    assert abs(clock.utc_at(now - 2.5) - (clock.utc_ms() - 2500)) < 200
