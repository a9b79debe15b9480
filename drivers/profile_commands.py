"""What a profile's [[command]] may say. Runs on MicroPython too."""

from typing import TYPE_CHECKING

from drivers.profile_kinds import is_kind, is_number
from drivers.profile_layout import layout_faults, size_of
from drivers.register_values import BIT, ORDERS, TIMES, TYPES, fits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["COMMANDS", "command_faults", "command_names", "items_of"]

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
ITEM_KEYS = ("type", "order", "layout", "value")
ITEM_HINT = '{ type = "float32", order = "CDAB" } is the value that whoever gives the command says'
WRITTEN_MAX = 123  # registers in one write: MODBUS Application Protocol V1.1b3, clause 6.12


def command_names(commands: "list[dict[str, Any]]") -> "list[str]":
    """The names of [[command]] rows, in their order: several rows of one name are one command."""
    found: list[str] = []
    for row in commands:
        if row["name"] not in found:
            found.append(row["name"])
    return found


def command_faults(
    row: "dict[str, Any]", statuses: "list[dict[str, Any]]", settings: "list[Any]"
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
    if "values" not in row:
        if "type" not in row:
            yield "type", "missing", "[command] needs `type`, or `values`"
        for what in _number_faults(row):
            yield "value", what, ""
        return
    for key in ("type", "order", "layout", "value"):
        if key in row:
            yield key, "does not belong to a list of values", "each of `values` has its own"
    if table == "coil":
        yield "values", "coils are written one by one", "a [[command]] for each, of the same name"
    if is_kind("items", row["values"]):
        for what, hint in _list_faults(row, settings):
            yield "values", what, hint


def items_of(row: "dict[str, Any]") -> "list[dict[str, Any]]":
    """What a [[command]] row writes from its register on, one after the other: rows with `type` and, unless
    whoever gives the command says it, `value`."""
    if "values" not in row:
        return [row]
    return [item if isinstance(item, dict) else {"type": "uint16", "value": item} for item in row["values"]]


def _number_faults(item: "dict[str, Any]") -> "Iterator[str]":
    """What is wrong with the number that a row, or one of its values, writes."""
    value: Any = item.get("value")
    kind: Any = item.get("type")
    if not is_number(value):
        return
    if kind == BIT:
        if value not in (0, 1):
            yield "a coil takes 0 or 1"
    elif kind in TIMES:
        yield "a time is said by whoever gives the command"
    elif kind in [name for name, _, _ in TYPES] and not fits(value, kind):
        yield "%s does not fit into %s" % (value, kind)


def _list_faults(row: "dict[str, Any]", settings: "list[Any]") -> "Iterator[tuple[str, str]]":
    items = items_of(row)
    numbers = [name for name, _, _ in TYPES]
    for item in items:
        for key, value in item.items():
            if key not in ITEM_KEYS:
                yield "unknown key `%s` in a value" % key, "known are " + ", ".join(ITEM_KEYS)
            elif isinstance(value, str) and value[:1] == "$":
                if value[1:] not in settings:
                    yield "%r names no [[setting]]" % value, ""
            elif key == "type" and value not in numbers and value not in TIMES:
                yield "%r is none of %s" % (value, ", ".join(numbers + list(TIMES))), ""
            elif key == "order" and value not in ORDERS:
                yield "%r is none of %s" % (value, ", ".join(ORDERS)), ""
            elif key == "value" and not is_number(value):
                yield "%r is not a number" % (value,), ""
            elif key == "layout" and not is_kind("strings", value):
                yield "a layout is a list of strings", ""
        if "type" not in item:
            yield "a value has no `type`", ITEM_HINT
        elif item["type"] in numbers or item["type"] in TIMES:
            for _, what, hint in layout_faults("command", item):
                yield what, hint
        for what in _number_faults(item):
            yield what, ""
    if len([item for item in items if "value" not in item]) > 1:
        yield "two places are left open", "whoever gives the command says one value"
    sizes = [size_of(item) for item in items]
    size = sum([size for size in sizes if size is not None])
    start: Any = row.get("register")
    if not 1 <= size <= WRITTEN_MAX and None not in sizes:
        yield "%d registers: a write carries 1..%d" % (size, WRITTEN_MAX), ""
    elif is_kind("integer", start) and start <= 65535 < start + size - 1:
        yield "%d registers from %d end behind 65535" % (size, start), ""


def _conditions(status: "dict[str, Any]") -> "list[Any]":
    """Those that it can say, and "" for none."""
    found: list[Any] = [""]
    for key in ("values", "bits"):
        states = status.get(key)
        if isinstance(states, list):
            found.extend([state.get("condition") for state in states if isinstance(state, dict)])
    return found
