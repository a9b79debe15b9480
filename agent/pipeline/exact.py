"""Sums that are exact: so the order of what is added makes no difference, to the last bit.

A sum is a list of floats that do not overlap. Source: J. R. Shewchuk, "Adaptive Precision Floating-Point
Arithmetic and Fast Robust Geometric Predicates", 1997: grow-expansion; as in math.fsum.
"""

__all__ = ["grow"]


def grow(parts: list[float], value: float) -> None:
    """Add value to the sum; math.fsum(parts) rounds it."""
    at = 0
    for part in parts:
        large, small = (value, part) if abs(value) >= abs(part) else (part, value)
        value = large + small
        rest = small - (value - large)
        if rest:
            parts[at] = rest
            at += 1
    parts[at:] = [value]
