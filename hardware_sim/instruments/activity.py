"""What an emulated instrument is doing: an operation that takes its time, and then ends by itself."""

__all__ = ["Activity"]


class Activity:
    """One thing at a time; `usual` is what it does when nothing else is going on."""

    def __init__(self, usual: str) -> None:
        self._usual = usual
        self._name, self._until_s = "", 0.0

    def begin(self, name: str, elapsed_s: float, lasts_s: float) -> None:
        """Do it from now on for so long."""
        self._name, self._until_s = name, elapsed_s + lasts_s

    def settle(self, name: str) -> None:
        """Do this from now on as the usual thing, and end what was going on."""
        self._usual, self._name = name, ""

    def now(self, elapsed_s: float) -> str:
        return self._name if self.busy(elapsed_s) else self._usual

    def busy(self, elapsed_s: float) -> bool:
        """Whether an operation is under way."""
        return bool(self._name) and elapsed_s < self._until_s
