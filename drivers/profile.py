"""What may stand in a register-map profile, and what is wrong with one.

A profile arrives as plain dicts, so that a board can be given one converted at build time.
`faults` is the single place that knows the keys; the gateway adds file and line to them.
"""

from typing import TYPE_CHECKING

from drivers.profile_commands import command_faults
from drivers.profile_kinds import article, is_kind, is_number
from drivers.profile_layout import layout_faults, size_of
from drivers.register_values import BIT, ORDERS, STRING, TEXT_NUMBER, TIMES, TYPES, masked, registers_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    # table, index in it (0 for [profile]), key, what is wrong, hint
    Fault = tuple[str, int, str, str, str]

__all__ = [
    "BIT",
    "BIT_TABLES",
    "CLASSES",
    "KEYS",
    "ORDERS",
    "PROOFS",
    "TYPES",
    "faults",
    "masked",
    "registers_of",
    "resolve",
]

BIT_TABLES = ("coil", "discrete")
TABLES = ("holding", "input") + BIT_TABLES
FLAGS = ("S", "M", "C", "F", "B", "D", "T", "N")
TYPE_NAMES = tuple([name for name, _, _ in TYPES]) + (BIT, TEXT_NUMBER, STRING) + TIMES
CLASSES = (
    "voc-pid",
    "voc-fid",
    "voc",
    "gas-detector",
    "tsp",
    "micro-station",
    "particulate-module",
    "meteorology",
    "analog-input",
    "relay",
    "cems",
    "plc",
    "other",
)
PROOFS = (  # how a driver was proven: by a frame that the vendor prints; by bytes that a working program of
    "vendor frame",  # somebody else's sends or reads; by nothing but its source and our own emulator
    "independent implementation",
    "emulator only",
)
EVERY_MAX = 1000  # polls: what is wanted more seldom is nothing for a poll
SETTING_TYPES = ("number", "integer", "string", "list")

FIELD = (("name", "string", True), ("table", "string", True), ("register", "integer", True))
LAYOUT = (("type", "string", True), ("order", "string", False))
# table: (key, kind of value, required)
KEYS = (
    (
        "profile",
        (
            ("name", "string", True),
            ("vendor", "string", False),
            ("model", "string", False),
            ("class", "string", False),
            ("family", "string", False),  # the driver of the device that this is a variant of
            ("protocol", "string", True),
            ("max_registers", "integer", False),
            ("max_bits", "integer", False),
            ("max_gap", "integer", False),
            ("forbidden", "spans", False),  # registers that no question may read across
            ("base", "integer", False),  # added to the register of every channel, status and command
            ("sources", "strings", False),
            ("confidence", "string", False),
            ("proven", "string", False),
            ("notes", "string", False),
        ),
    ),
    (
        "setting",
        (
            ("name", "string", True),
            ("type", "string", True),
            ("choices", "list", False),
            ("help", "string", True),
        ),
    ),
    (
        "channel",
        FIELD
        + LAYOUT
        + (
            ("scale", "number", False),
            ("divisor", "number", False),
            ("decimals", "string", False),  # the status that says how many; they go on top of `divisor`
            ("offset", "number", False),
            ("unit", "string", True),
            ("length", "integer", False),  # of a number in characters, in registers
            ("invalid", "numbers", False),
            ("over", "number", False),
            ("mask", "integer", False),  # the bits that hold it, as they lie in the register
            ("sign", "integer", False),  # the bit that says that it is below zero
            ("every", "integer", False),  # read at every n-th poll only
        ),
    ),
    (
        "status",
        FIELD
        + LAYOUT
        + (
            ("length", "integer", False),
            ("channels", "strings", False),
            ("mask", "integer", False),  # the bits that `values` are about, as they lie in the register
            ("values", "states", False),
            ("bits", "states", False),
            ("every", "integer", False),
        ),
    ),
    (  # what it can be told: one write a row; never sent by polling, scan or check
        "command",
        FIELD
        + (
            ("type", "string", False),
            ("order", "string", False),
            ("layout", "strings", False),  # of a time: what stands in each register
            ("value", "number", False),  # left out: whoever gives the command says it
            ("values", "items", False),  # in place of type and value: several, in one write
            ("function", "integer", False),
            ("settle_ms", "number", False),
            ("reads", "string", False),  # the status that is read afterwards
            ("shows", "string", False),  # its condition that proves that the instrument does it
        ),
    ),
    (  # what tells the instrument from others, for `fenceline scan`; polling never asks it
        "identity",
        (
            ("name", "string", True),
            ("object", "integer", False),
            ("table", "string", False),
            ("register", "integer", False),
            ("type", "string", False),
            ("order", "string", False),
            ("length", "integer", False),  # of a text, in registers
            ("layout", "strings", False),
            ("is", "match", False),
        ),
    ),
)
DEFAULTS = {
    "channel": (("order", "ABCD"), ("scale", 1.0), ("divisor", 1.0), ("offset", 0.0)),
    "status": (("order", "ABCD"),),
    "command": (("order", "ABCD"), ("settle_ms", 0)),
}


def rows(profile: "dict[str, Any]", table: str) -> "list[dict[str, Any]]":
    """The tables of one kind; [] where there are none or they are not tables."""
    found = profile.get(table, [])
    if isinstance(found, dict):
        found = [found]
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def faults(profile: "dict[str, Any]") -> "Iterator[Fault]":
    """Every fault of a profile, as (table, index, key, what, hint)."""
    known = [table for table, _ in KEYS]
    for table in profile:
        if table not in known:
            yield table, 0, "", "unknown table", "known are " + ", ".join(known)
    if len(rows(profile, "profile")) != 1:
        yield "profile", 0, "", "there must be one [profile] table", ""
    if not rows(profile, "channel"):
        yield "channel", 0, "", "a profile needs at least one [[channel]]", ""
    elif all(row.get("every", 1) != 1 for row in rows(profile, "channel")):
        yield "channel", 0, "every", "no channel is read at every poll", "leave it out of one at least"
    for table, keys in KEYS:
        wanted = dict if table == "profile" else list
        if table in profile and not isinstance(profile[table], wanted):
            yield table, 0, "", "must be written " + ("[%s]" if wanted is dict else "[[%s]]") % table, ""
        seen: list[object] = []
        for index, row in enumerate(rows(profile, table)):
            yield from _row_faults(table, index, row, keys, profile)
            if row.get("name") in seen and table != "command":  # whose rows of one name are its steps
                yield table, index, "name", "%r stands twice" % row.get("name"), "give each its own name"
            seen.append(row.get("name"))


def _row_faults(
    table: str, index: int, row: "dict[str, Any]", keys: "Any", profile: "dict[str, Any]"
) -> "Iterator[Fault]":
    settings = [setting.get("name") for setting in rows(profile, "setting")]
    kinds = {key: kind for key, kind, _ in keys}
    for key, value in row.items():
        if key not in kinds:
            yield table, index, key, "unknown key", ""
        elif isinstance(value, str) and value[:1] == "$":
            if value[1:] not in settings:
                yield table, index, key, "%r names no [[setting]]" % value, ""
            elif table == "identity":
                yield table, index, key, "%r cannot be known here" % value, "who scans knows no settings"
        elif not is_kind(kinds[key], value):
            yield table, index, key, "%r is not %s" % (value, article(kinds[key])), ""
        else:
            for what, hint in _value_faults(table, key, value, row, profile):
                yield table, index, key, what, hint
    for key, _, required in keys:
        if required and key not in row:
            yield table, index, key, "missing", "[%s] needs `%s`" % (table, key)
    if table in ("profile", "setting"):
        return
    found = list(layout_faults(table, row))
    if table == "identity":
        found.extend(_identity_faults(row))
    elif table == "command":
        found.extend(command_faults(row, rows(profile, "status"), settings))
    for key, what, hint in found:
        yield table, index, key, what, hint


def _identity_faults(row: "dict[str, Any]") -> "Iterator[tuple[str, str, str]]":
    """An object of function 43, which is text, or a register, which is a number."""
    place = ("table", "register", "type")
    if "object" in row:
        for key in place + ("order", "length", "layout"):
            if key in row:
                yield key, "does not belong to an object", "an object, or a register: not both"
    else:
        for key in place:
            if key not in row:
                yield key, "missing", "[identity] needs `object`, or `table`, `register` and `type`"
    matched, kind = row.get("is"), row.get("type")
    if kind in TIMES and "is" in row:
        yield "is", "a time proves no model", "leave it out: it is shown"
    elif is_kind("match", matched) and isinstance(matched, str) != ("object" in row or kind == STRING):
        what = "a register is a number"
        if "object" in row or kind == STRING:
            what = "%s is a text" % ("an object" if "object" in row else "a string")
        yield "is", "%r cannot be: %s" % (matched, what), ""
    if row.get("table") in BIT_TABLES:
        yield "table", "a bit identifies nothing", "holding or input"


CHOICES = (
    ("protocol", ("modbus",)),
    ("class", CLASSES),
    ("confidence", ("A", "B", "C")),
    ("proven", PROOFS),
    ("order", ORDERS),
    ("table", TABLES),
)
LIMITS = (
    ("max_registers", 1, 125),
    ("max_bits", 1, 2000),
    ("max_gap", 0, 124),
    ("base", -65535, 65535),
    ("mask", 1, 0xFFFFFFFF),
    ("sign", 1, 0xFFFFFFFF),
    ("every", 1, EVERY_MAX),
    ("length", 1, 125),
    ("settle_ms", 0, 600000),
    ("register", 0, 65535),
    ("object", 0, 255),
)


def _value_faults(
    table: str, key: str, value: "Any", row: "dict[str, Any]", profile: "dict[str, Any]"
) -> "Iterator[tuple[str, str]]":
    types = SETTING_TYPES if table == "setting" else TYPE_NAMES
    for name, allowed in CHOICES + (("type", types),):
        if key == name and value not in allowed:
            yield "%r is none of %s" % (value, ", ".join(allowed)), ""
    for name, low, high in LIMITS:
        if key == name and not low <= value <= high:
            yield "%d is not within %d..%d" % (value, low, high), ""
    size = size_of(row) if table != "setting" else None
    if key == "register" and size is not None and value <= 65535 < value + size - 1:
        yield "%d registers from %d end behind 65535" % (size, value), ""
    if key == "type" and size is not None:
        room = profile["profile"].get("max_registers") if isinstance(profile.get("profile"), dict) else None
        if isinstance(room, int) and size > room:
            yield "a %s does not fit into max_registers = %d" % (value, room), ""
    for what, hint in _bit_faults(table, key, row):
        yield what, hint
    if key == "divisor" and value == 0:
        yield "a value cannot be divided by 0", ""
    if key == "channels":
        names = [channel.get("name") for channel in rows(profile, "channel")]
        for name in value:
            if name not in names:
                yield "%r is no channel of this profile" % name, "channels are " + ", ".join(map(str, names))
    if key == "decimals" and value not in [status.get("name") for status in rows(profile, "status")]:
        yield "%r is no status of this profile" % value, "it names the [[status]] of the decimals' register"
    if table == "status" and key in ("values", "bits"):
        for what in _state_faults(key, value):
            yield (
                what,
                'for example { %s, flag = "D", condition = "lamp" }'
                % ("is = 4" if key == "values" else "bit = 4"),
            )


def _bit_faults(table: str, key: str, row: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    """What fits only registers, or only bits. A `$setting` may yet be either."""
    where, what = row.get("table"), row.get("type")
    if table == "setting" or where not in TABLES or what not in TYPE_NAMES:
        return
    if key == "type" and (what == BIT) != (where in BIT_TABLES):
        yield (
            "%r does not fit the table %r" % (what, where),
            "%s hold bits, %s hold registers"
            % (
                " and ".join(BIT_TABLES),
                " and ".join(TABLES[: -len(BIT_TABLES)]),
            ),
        )
    if what == BIT and key == "order":
        yield "a bit has no order", "leave it out"
    if what == BIT and key == "bits":
        yield "a bit has no bits", 'use values = [{ is = 1, flag = "D" }, { is = 0, flag = "N" }]'


def _state_faults(key: str, states: "list[dict[str, Any]]") -> "Iterator[str]":
    match = "is" if key == "values" else "bit"
    for state in states:
        for name in state:
            if name not in (match, "flag", "condition") + (("unit",) if key == "values" else ()):
                yield "unknown key `%s` in a state" % name
        at = state.get(match)
        if not is_number(at) or (match == "bit" and at not in range(64)):
            yield "a state's `%s` must be %s" % (match, "a number" if match == "is" else "a bit 0..63")
        if state.get("flag") not in FLAGS:
            yield "flag %r is none of %s" % (state.get("flag"), ", ".join(FLAGS))
        for name in ("condition", "unit"):
            if not isinstance(state.get(name, ""), str):
                yield "a state's `%s` must be a string" % name


def resolve(profile: "dict[str, Any]", settings: "dict[str, Any]") -> "dict[str, Any]":
    """The profile with `$setting` replaced, defaults filled in and `base` added to the registers.

    The argument stays as it is. What identifies the instrument stands at its own register: who scans
    knows no settings. Raises ValueError naming a setting that is missing.
    """
    whole: dict[str, Any] = {}
    for table, _ in KEYS:
        found = []
        for row in rows(profile, table):
            filled: dict[str, Any] = dict(DEFAULTS.get(table, ()))
            for key, value in row.items():
                deep = table == "command" and key == "values"
                filled[key] = value if table == "setting" else _setting(value, settings, deep)
            found.append(filled)
        whole[table] = found
    whole["profile"] = whole["profile"][0] if whole["profile"] else {}
    base = whole["profile"].pop("base", 0)
    for row in whole["channel"] + whole["status"] + whole["command"]:
        if is_kind("integer", base) and is_kind("integer", row.get("register")):
            row["register"] += base
    forbidden = whole["profile"].get("forbidden")
    if is_kind("integer", base) and is_kind("spans", forbidden):
        whole["profile"]["forbidden"] = [[first + base, last + base] for first, last in forbidden]
    return whole


def _setting(value: "Any", settings: "dict[str, Any]", deep: bool = False) -> "Any":
    """deep: also within lists and tables."""
    if deep and isinstance(value, list):
        return [_setting(item, settings, deep) for item in value]
    if deep and isinstance(value, dict):
        return {key: _setting(item, settings, deep) for key, item in value.items()}
    if not isinstance(value, str) or value[:1] != "$":
        return value
    if value[1:] not in settings:
        raise ValueError("setting `%s` is missing" % value[1:])
    return settings[value[1:]]
