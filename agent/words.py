"""Words for people, in one way everywhere."""

__all__ = ["duration"]


def duration(seconds: float) -> str:
    """Two units at most: 45 s, 12 min 30 s, 3 h 5 min, 2 d 4 h."""
    whole = round(seconds)
    for size, unit, smaller, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller} {small}"
    return f"{whole} s"
