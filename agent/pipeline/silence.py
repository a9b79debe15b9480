"""A dead channel is said when it goes, and then once a minute: not with every poll."""

from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.words import duration
from store.rows import Reading

__all__ = ["Silence"]

REPEAT_MS = 60_000


class Silence:
    """Decides which readings are kept: all of them but the repetitions of B."""

    def __init__(self, repeat_ms: int = REPEAT_MS) -> None:
        self._repeat_ms = repeat_ms
        self._said_ms: dict[str, int] = {}  # channel: monotonic ms of its last B row

    def keeps(self, reading: Reading) -> bool:
        """Whether this reading goes to the journal."""
        if reading.flag != "B":
            self._said_ms.pop(reading.channel, None)
            return True
        said = self._said_ms.get(reading.channel)
        if said is not None and reading.mono - said < self._repeat_ms:
            return False
        self._said_ms[reading.channel] = reading.mono
        return True

    def explain(self, reading: Reading, now: Instant) -> Explained:
        """Whether such a reading goes to the journal."""
        said = self._said_ms.get(reading.channel)
        if said is None:
            return Explained("journal", reading.channel, ("kept",), {"kept": True})
        kept = said == reading.mono
        ago = duration((now.mono - said) / 1000)
        text = "kept" if kept else f"not kept: no communication was said {ago} ago, and is said once a minute"
        return Explained("journal", reading.channel, (text,), {"kept": kept})
