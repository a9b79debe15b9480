from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.faults import Fault, Faults, damaged, read_faults
from hardware_sim.tables import BenchError

frames = st.binary(min_size=3, max_size=256)
seeds = st.integers(0, 2**32)


@given(frame=frames, seed=seeds)
def test_crc_flips_one_bit_and_never_in_the_check(frame: bytes, seed: int) -> None:
    hurt = damaged("crc", frame, Random(seed))
    assert sum((a ^ b).bit_count() for a, b in zip(frame, hurt, strict=True)) == 1
    assert hurt[-2:] == frame[-2:]


@given(frame=frames, seed=seeds)
def test_truncated_leaves_a_part(frame: bytes, seed: int) -> None:
    hurt = damaged("truncated", frame, Random(seed))
    assert 0 < len(hurt) < len(frame)
    assert frame.startswith(hurt)


@given(frame=frames, seed=seeds)
def test_extra_bytes_leave_the_frame_whole(frame: bytes, seed: int) -> None:
    longer, noisy = damaged("long", frame, Random(seed)), damaged("noise", frame, Random(seed))
    assert longer.startswith(frame)
    assert noisy.endswith(frame)
    assert len(longer) > len(frame) < len(noisy)


@given(frame=frames, seed=seeds)
def test_bytes_inside_tear_the_frame_and_twice_is_twice(frame: bytes, seed: int) -> None:
    torn = damaged("inside", frame, Random(seed))
    assert torn[0] == frame[0]
    assert torn[-1] == frame[-1]
    assert len(torn) > len(frame)
    assert damaged("twice", frame, Random(seed)) == frame * 2


def test_share_window_and_order() -> None:
    faults = Faults([Fault("dead", 0.25, 10, 20), Fault("late", by_ms=5, from_s=15)], Random(1))

    def kinds(elapsed_s: float) -> list[str | None]:
        struck = [faults.strike(elapsed_s) for _ in range(2000)]
        return [fault.kind if fault else None for fault in struck]

    assert set(kinds(9.99)) == {None}
    assert kinds(10).count("dead") == pytest.approx(500, abs=100)
    both = kinds(15)
    assert both.count("dead") == pytest.approx(500, abs=100)
    assert both.count("dead") + both.count("late") == 2000
    assert set(kinds(20)) == {"late"}


def test_the_seed_alone_decides() -> None:
    def struck(seed: int, *others: Fault) -> list[bool]:
        faults = Faults([Fault("dead", 0.5), *others], Random(seed))
        return [faults.strike(0) is not None for _ in range(50)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)


def test_reads_what_a_bench_gives() -> None:
    rows = [{"kind": "late", "by_ms": 80}, {"kind": "dead", "share": 0.5, "from_s": 3, "until_s": None}]
    assert read_faults(rows, "w", True) == [Fault("late", by_ms=80), Fault("dead", 0.5, 3)]


@pytest.mark.parametrize(
    ("row", "can_refuse", "what"),
    [
        ({}, True, "f[0]: kind: missing"),
        (
            {"kind": "stuck"},
            True,
            "f[0]: kind: 'stuck' is none of dead, late, crc, truncated, long, noise, inside, twice, "
            "foreign, exception",
        ),
        ({"kind": "late"}, True, "f[0]: by_ms: missing"),
        ({"kind": "exception"}, True, "f[0]: code: missing"),
        (
            {"kind": "exception", "code": 4},
            False,
            "f[0]: kind: only a Modbus instrument answers an exception\n  hint: use `dead` here",
        ),
        ({"kind": "dead", "share": 1.5}, True, "f[0]: share: 1.5 is not within 0..1"),
        ({"kind": "dead", "share": "1"}, True, "f[0]: share: '1' is not a number"),
        ({"kind": "dead", "from_s": 5, "until_s": 5}, True, "f[0]: until_s: 5 s is not behind from_s = 5 s"),
        (
            {"kind": "crc", "by_ms": 5},
            True,
            "f[0]: by_ms: means nothing for 'crc'\n  hint: it belongs to `late`",
        ),
        (
            {"kind": "dead", "shar": 1},
            True,
            "f[0]: shar: unknown key\n  hint: known are by_ms, code, from_s, kind, share, until_s",
        ),
        ("dead", True, "f[0]: 'dead' is not a table"),
    ],
)
def test_messages(row: Any, can_refuse: bool, what: str) -> None:
    with pytest.raises(BenchError) as caught:
        read_faults([row], "f", can_refuse)
    assert str(caught.value) == what
