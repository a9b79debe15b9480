"""What a profile's [[command]] may say. Runs on MicroPython too."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["COMMANDS", "command_faults", "command_names", "fits"]

COMMANDS = (  # what each does: drivers.catalogue.OPERATIONS
    "start",
    "stop",
    "measure_gas",
    "zero_gas",
    "span_gas",
    "zero",
    "span",
    "calibrate",
    "purge",
    "change_filter",
    "set_time",
    "reset_rain",
)
INTEGER_BITS = {"int16": 16, "uint16": 16, "int32": 32, "uint32": 32, "int64": 64, "uint64": 64}
FLOAT32_MAX = 3.4028234663852886e38


def command_names(commands: "list[dict[str, Any]]") -> "list[str]":
    """The names of [[command]] rows, in their order: several rows of one name are one command."""
    found: list[str] = []
    for row in commands:
        if row["name"] not in found:
            found.append(row["name"])
    return found


def fits(number: "int | float", type_name: str) -> bool:
    """Whether the type can hold the number. MicroPython's struct packs what does not fit without a word."""
    if number - number != 0:
        return False
    if type_name not in INTEGER_BITS:
        return type_name != "float32" or -FLOAT32_MAX <= number <= FLOAT32_MAX
    most = 1 << INTEGER_BITS[type_name]
    low, high = (0, most) if type_name[:1] == "u" else (-most // 2, most // 2)
    return number == int(number) and low <= number < high


def command_faults(
    row: "dict[str, Any]", statuses: "list[dict[str, Any]]"
) -> "Iterator[tuple[str, str, str]]":
    """What is wrong in a [[command]] row beyond its single values, as (key, what, hint)."""
    name, table, reads = row.get("name"), row.get("table"), row.get("reads")
    if isinstance(name, str) and name.rstrip("0123456789") not in COMMANDS:
        hint = "of one sensor among several: with its number, zero2"
        yield "name", "%r is none of %s" % (name, ", ".join(COMMANDS)), hint
    if table in ("input", "discrete"):
        yield "table", "%r can only be read" % table, "holding or coil"
    if row.get("function", 6) not in (6, 16):
        yield "function", "%r is none of 6, 16" % (row["function"],), "6 writes one register, 16 several"
    read = [status for status in statuses if status.get("name") == reads]
    if "reads" in row and not read:
        yield "reads", "%r is no status of this profile" % (reads,), ""
    if "shows" in row and "reads" not in row:
        yield "shows", "nothing is read that could show it", "`reads` names the [[status]]"
    if read and row.get("shows", "") not in _conditions(read[0]):
        yield "shows", "%r is no condition of the status %r" % (row["shows"], reads), ""
    value, kind = row.get("value"), row.get("type")
    if isinstance(value, (int, float)) and isinstance(kind, str):
        if kind == "bit" and value not in (0, 1):
            yield "value", "a coil takes 0 or 1", ""
        elif not fits(value, kind):
            yield "value", "%s does not fit into %s" % (value, kind), ""


def _conditions(status: "dict[str, Any]") -> "list[Any]":
    """Those that it can say, and "" for none."""
    found: list[Any] = [""]
    for key in ("values", "bits"):
        states = status.get(key)
        if isinstance(states, list):
            found.extend([state.get("condition") for state in states if isinstance(state, dict)])
    return found
