"""What is wrong with a reading, and more of it."""

from collections.abc import Iterable

from drivers.sample import judged
from store.rows import Reading

__all__ = ["with_causes"]


def with_causes(reading: Reading, causes: Iterable[tuple[str, str]]) -> Reading:
    """The reading with more that is wrong with it; its value stays. causes: (flag, condition).

    Of all flags the one of precedence stands (drivers.sample.FLAGS); all conditions are kept, each once.
    """
    own = [(reading.flag, condition) for condition in reading.conditions or ("",)]
    said = judged(reading.channel, reading.value, "", [*own, *causes])
    return reading._replace(flag=said.flag, conditions=tuple(dict.fromkeys(said.conditions)))
