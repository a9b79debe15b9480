"""A recording that was taken at other intervals than the station file's is refused."""

import pytest

from agent.config import examine
from agent.pipeline.build import rules_of
from tools.replay.intervals import mismatch

STATION = """
[station]
id = "gp-01"
site = "works"
[[line]]
id = "a"
port = "/dev/no-such"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 7
every = "10s"
"""


@pytest.fixture
def station(tmp_path):
    def write(every="10s"):
        (tmp_path / "station.toml").write_text(STATION.replace("10s", every))
        read, findings = examine(tmp_path / "station.toml", elsewhere=True)
        assert read is not None, findings
        return read

    return write


def samples(steps_ms, flags="N"):
    t, found = 0, []
    for at, step_ms in enumerate([0, *steps_ms]):
        t += step_ms
        found.append((t, at, "pid.voc", 1.0, flags[at % len(flags)], "", True))
    return found


@pytest.mark.parametrize("step_ms", [9000, 10_000, 11_000])
def test_the_step_is_the_interval_but_for_jitter(station, step_ms):
    assert mismatch(samples([step_ms] * 9), station()) == ("", "")


def test_holes_and_bursts_do_not_matter_as_long_as_most_steps_are_right(station):
    assert mismatch(samples([10_000, 500_000, 10_000, 1, 10_000, 7000, 10_000]), station()) == ("", "")


@pytest.mark.parametrize(
    ("step_ms", "said"),
    [
        (60_000, ("each 1m; the station file has 10s", 'every = "1m"')),
        (8500, ("each 8500ms; the station file has 10s", 'every = "8500ms"')),
        (10, ("each 10ms; the station file has 10s", "are its times in seconds?")),
        (0, ("have the time of another one", "the same rows twice?")),
    ],
)
def test_another_step_is_refused(station, step_ms, said):
    what, hint = mismatch(samples([step_ms] * 9), station())
    assert "pid.voc" in what
    assert said[0] in what
    assert said[1] in hint


def test_an_instrument_that_was_silent_says_so_once_a_minute(station):
    assert mismatch(samples([10_000] * 5 + [60_000] * 50, "N" * 6 + "B" * 50), station()) == ("", "")


def test_too_few_samples_tell_nothing(station):
    assert mismatch(samples([60_000] * 2), station()) == ("", "")


def test_back_to_back_it_is_the_planned_cycle(station):
    cycle_ms = rules_of(station("0s"))["pid.voc"].interval_ms
    assert mismatch(samples([round(cycle_ms * 1.2)] * 9), station("0s")) == ("", "")
    assert mismatch(samples([round(cycle_ms * 2)] * 9), station("0s")) != ("", "")
