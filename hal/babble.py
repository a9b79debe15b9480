"""Noise that does not stop: nobody can be asked while a line is never silent. Runs on MicroPython too."""

__all__ = ["Babble"]

BABBLE_MS = 1000.0  # noise that lasts this long while a question waits is reported


class Babble:
    """How long a line has been noisy. Times are milliseconds on the caller's monotonic clock."""

    def __init__(self) -> None:
        self._since: float | None = None

    def heard(self, now: float, *, after_pause: bool) -> None:
        """Bytes that nobody asked for; after_pause: the line was silent long enough to be used."""
        if self._since is None or after_pause:
            self._since = now

    def over(self) -> None:
        """The line is silent."""
        self._since = None

    def lasts(self, now: float) -> bool:
        """Whether it is time to say so, once in each BABBLE_MS."""
        if self._since is None or now - self._since <= BABBLE_MS:
            return False
        self._since = now
        return True
