"""How fast: pauses between sessions, how much may be in flight, how much in one message, and the
rate for `status`. Pure."""

from collections import deque
from collections.abc import Callable, Hashable

__all__ = ["Backoff", "Caution", "Rate", "Window"]

BACKOFF_MIN_S = 0.5
BACKOFF_MAX_S = 5.0  # a broker of the plant that is back is found within this

WINDOW_START = 100  # readings, some 8 kB: 10 s on a line of 1 kB/s
WINDOW_MIN = 20
ACK_GOOD_S = 1.0
ACK_SLOW_S = 2.0

STRIKES = 3

RATE_OVER_S = 10.0


class Backoff:
    """Seconds to wait before the next attempt: 0.5 s doubling to 5 s, each shortened at random by
    up to a half, so that the stations of a site do not come back in step.

    random: gives floats in [0, 1).
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._ceiling_s = BACKOFF_MIN_S

    def next_s(self) -> float:
        ceiling_s = self._ceiling_s
        self._ceiling_s = min(BACKOFF_MAX_S, 2 * ceiling_s)
        return ceiling_s * (1 - self._random() / 2)

    def reset(self) -> None:
        """The last session lasted."""
        self._ceiling_s = BACKOFF_MIN_S


class Window:
    """Readings that may be in flight, by how fast they are acknowledged.

    On a thin line a fixed window is minutes of traffic: acknowledgements come too late to tell a
    slow line from a dead one, and an alarm queues behind all of it. So each session starts small,
    grows while acknowledgements come within a second and halves when they take more than two.
    """

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self.readings = min(WINDOW_START, self._most)

    def acked(self, rows: int, after_s: float) -> None:
        if after_s <= ACK_GOOD_S:
            self.readings = min(self._most, self.readings + rows)
        elif after_s > ACK_SLOW_S:
            self.readings = min(self._most, max(WINDOW_MIN, self.readings // 2))


class Caution:
    """Rows that one message may have, by what became of the sessions before.

    Some brokers hang up on a message they do not like, for its size or its content, and would do
    so again with every session: one bad message would block all. So messages become smaller while
    sessions end without an acknowledgement of their kind, down to single rows sent one by one. A
    row with which three such sessions in a row ended is the culprit, and is set aside.
    """

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self._strikes: tuple[Hashable, int] = (None, 0)
        self.rows = batch

    @property
    def one_by_one(self) -> bool:
        return self.rows == 1

    def fruitless(self, alone: Hashable) -> bool:
        """The broker hung up on it. alone: the only thing in flight, None if there was more.

        Whether that is the culprit.
        """
        if not self.one_by_one:
            self.rows = max(1, self.rows // 4)
            return False
        before, strikes = self._strikes
        strikes = strikes + 1 if alone == before else 1
        self._strikes = (alone, strikes)
        return alone is not None and strikes >= STRIKES

    def lasted(self) -> None:
        """A good session: messages may have their full size again."""
        self.rows = self._batch


class Rate:
    """Rows per second over the last ten seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=128)
        self._rows = 0

    def add(self, now: float, rows: int) -> None:
        if self._seen and now - self._seen[-1][0] < 0.1:  # at most a hundred and one entries
            at, before = self._seen.pop()
            self._seen.append((at, before + rows))
        else:
            self._seen.append((now, rows))
        self._rows += rows
        self._drop(now)

    def per_s(self, now: float) -> float:
        self._drop(now)
        return self._rows / RATE_OVER_S

    def _drop(self, now: float) -> None:
        while self._seen and now - self._seen[0][0] > RATE_OVER_S:
            self._rows -= self._seen.popleft()[1]
