"""By how much the time of rows is wrong that were taken before UTC could be trusted."""

from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.redating import SAME_MS, Correction, Moment, corrections

BASE = 1_795_485_000_000  # UTC less monotonic, once it is trusted


def row(seq: int, wrong_by: int, mono: int | None = None, *, trusted: bool = False, boot: int = 1) -> Moment:
    mono = 1000 * seq if mono is None else mono
    return Moment(seq, boot, BASE + mono - wrong_by, mono, trusted)


def test_one_range_where_nobody_set_the_clock() -> None:
    rows = [row(seq, 86_400_000 + seq % 3 - 1) for seq in range(5, 50)]
    assert corrections(rows, BASE) == [Correction(1, 5, 49, 86_400_001)]


def test_a_clock_set_by_hand_in_between() -> None:
    rows = [row(1, 5000), row(2, 5000), row(3, -700), row(4, -700)]
    assert corrections(rows, BASE) == [Correction(1, 1, 2, 5000), Correction(1, 3, 4, -700)]


def test_what_was_trusted_is_left_alone_and_parts_ranges() -> None:
    rows = [row(1, 0, trusted=True), row(2, 90), row(3, 0, trusted=True), row(4, 90)]
    assert corrections(rows, BASE) == [Correction(1, 2, 2, 90), Correction(1, 4, 4, 90)]


def test_two_runs_of_the_agent_are_two_ranges() -> None:
    assert corrections([row(1, 90), row(2, 90, boot=2)], BASE) == [
        Correction(1, 1, 1, 90),
        Correction(2, 2, 2, 90),
    ]


def test_nothing_to_correct() -> None:
    assert corrections([], BASE) == []


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0, 5000, -3_600_000]), st.integers(-1, 1)), max_size=60
    )
)
def test_every_row_comes_out_right(rows: list[tuple[bool, int, int]]) -> None:
    moments = [
        row(seq, wrong + rounding, trusted=trusted) for seq, (trusted, wrong, rounding) in enumerate(rows, 1)
    ]
    found = corrections(moments, BASE)
    covered = [seq for each in found for seq in range(each.first, each.last + 1)]
    assert covered == [moment.seq for moment in moments if not moment.trusted], "each once, in order"
    for each in found:
        for moment in moments[each.first - 1 : each.last]:
            assert abs(moment.t + each.offset_ms - (BASE + moment.mono)) <= SAME_MS
