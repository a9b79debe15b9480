"""Which readings are kept while a channel is silent; and how samples get their time."""

from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.silence import REPEAT_MS, Silence
from agent.pipeline.stamp import stamped
from drivers.sample import Sample
from store.rows import Reading


def reading(mono, flag, channel="pid.voc"):
    return Reading(channel, 0, mono, True, None if flag == "B" else 1.0, None, flag)


def kept(*rows):
    silence = Silence()
    return [row.mono for row in rows if silence.keeps(row)]


def test_a_dead_channel_is_said_once_and_then_once_a_minute():
    rows = [reading(second * 1000, "B") for second in range(0, 200)]
    assert kept(*rows) == [0, 60_000, 120_000, 180_000]


def test_the_first_row_after_an_answer_is_kept():
    assert kept(reading(0, "B"), reading(1, "B"), reading(2, "N"), reading(3, "B"), reading(4, "B")) == [
        0,
        2,
        3,
    ]


def test_channels_do_not_silence_each_other():
    assert kept(reading(0, "B", "a.x"), reading(1, "B", "b.x"), reading(2, "B", "a.x")) == [0, 1]


@given(st.lists(st.tuples(st.integers(1, 30_000), st.sampled_from("NBDTSMCF")), max_size=60))
def test_everything_but_repeated_b_is_kept_and_b_never_twice_within_a_minute(steps):
    silence, mono, last_b = Silence(), 0, None
    for step_ms, flag in steps:
        mono += step_ms
        keeps = silence.keeps(reading(mono, flag))
        if flag != "B":
            assert keeps
            last_b = None
        else:
            assert keeps == (last_b is None or mono - last_b >= REPEAT_MS)
            last_b = mono if keeps else last_b


class FixedClock:
    """10 s ahead on the monotonic clock of what is asked about."""

    def utc_at(self, monotonic):
        return 1_800_000_000_000 + round(monotonic * 1000)

    def utc_trusted(self):
        return False


def test_a_sample_becomes_a_reading_of_the_answers_time():
    samples = [Sample("voc", 1.5, "ppm", "T", ("over range",)), Sample("temp", None, "degC", "D", ())]
    assert stamped("pid", samples, 12.3456, FixedClock()) == [
        Reading("pid.voc", 1_800_000_012_346, 12_346, False, 1.5, None, "T", ("over range",)),
        Reading("pid.temp", 1_800_000_012_346, 12_346, False, None, None, "D", ()),
    ]
