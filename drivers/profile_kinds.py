"""The kinds of value that a profile's keys take. Runs on MicroPython too."""

__all__ = ["article", "is_kind", "is_number"]


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value - value == 0


def is_kind(kind: str, value: object) -> bool:
    if kind == "string":
        return isinstance(value, str) and bool(value)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return is_number(value)
    if kind == "match":
        return is_number(value) or (isinstance(value, str) and bool(value))
    if not isinstance(value, list):
        return False
    if kind == "strings":
        return all(isinstance(item, str) for item in value)
    if kind == "numbers":
        return all(is_number(item) for item in value)
    if kind == "items":
        return all(is_kind("integer", item) or isinstance(item, (str, dict)) for item in value)
    if kind == "spans":
        return all(_is_span(item) for item in value)
    return kind == "list" or all(isinstance(item, dict) for item in value)


def _is_span(value: object) -> bool:
    """[first, last] within the registers."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    return (
        is_kind("integer", value[0]) and is_kind("integer", value[1]) and 0 <= value[0] <= value[1] <= 65535
    )


def article(kind: str) -> str:
    return {
        "integer": "a whole number",
        "strings": "a list of strings",
        "numbers": "a list of numbers",
        "states": "a list of { is/bit, flag, condition } tables",
        "list": "a list",
        "items": "a list of registers and { type, value } tables",
        "spans": "a list of [first, last] registers",
        "match": "a number or a text",
    }.get(kind, "a " + kind)
