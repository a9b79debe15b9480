"""The time that an instrument's clock is set to, as `set_time` takes it. Runs on MicroPython too."""

__all__ = ["two_digits"]

LOWEST, HIGHEST = (2000, 1, 1, 0, 0, 0), (2099, 12, 31, 23, 59, 59)


def two_digits(moment: "tuple[int, ...]") -> "list[str]":
    """Year, month, day, hour, minute, second (2000..2099 and so on) as two digits each.

    Raises ValueError for what is no time.
    """
    if len(moment) != 6 or not all(low <= part <= high for low, part, high in zip(LOWEST, moment, HIGHEST)):
        raise ValueError("%r is no time: year 2000..2099, month, day, hour, minute, second" % (moment,))
    return ["%02d" % (part % 100) for part in moment]
