"""hal.machine's signatures against the published stubs of two ports of MicroPython.

Every difference stands here by name, with its reason; a stub that changes is noticed.
"""

import ast
import inspect
import os
from pathlib import Path

import pytest

from hal import machine

STUBS = Path(__file__).parents[3] / "build" / "stubs"
PORTS = ("rp2", "esp32")
CLASSES = ("UART", "Pin", "WDT", "RTC", "Timer")
FUNCTIONS = ("unique_id", "reset_cause", "reset")
CONSTANTS = ("PWRON_RESET", "HARD_RESET", "WDT_RESET", "DEEPSLEEP_RESET", "SOFT_RESET")

# What the stubs have and hal.machine has not.
LEFT_OUT = {
    "UART.irq": "a program asks any() in its loop; there is no interrupt to give it",
    "UART.init.pins": "of another port (WiPy)",
    "UART.__init__.pins": "of another port (WiPy)",
    "UART.IRQ_RX": "no irq",
    "UART.IRQ_RXIDLE": "no irq",
    "UART.IRQ_TXIDLE": "no irq",
    "UART.IRQ_BREAK": "no irq",
    "UART.IDLE": "of another port",
    "UART.INV_CTS": "of the ESP32 alone; a serial device inverts nothing",
    "UART.INV_RTS": "of the ESP32 alone; a serial device inverts nothing",
    "Pin.mode": "of another port; init() sets it",
    "Pin.pull": "of another port; init() sets it",
    "Pin.drive": "a gateway's lines have no drive strength to choose",
    "Pin.IRQ_LOW_LEVEL": "a chip reports edges",
    "Pin.IRQ_HIGH_LEVEL": "a chip reports edges",
    "Pin.WAKE_LOW": "a gateway does not sleep",
    "Pin.WAKE_HIGH": "a gateway does not sleep",
    "RTC.__init__.datetime": "the host sets the time",
    "RTC.init": "the host sets the time",
    "RTC.alarm": "a gateway does not sleep",
    "RTC.ALARM0": "a gateway does not sleep",
    "RTC.memory": "of the ESP32 alone; a gateway has files",
    "Timer.value": "of the ESP32 alone",
} | {
    f"Pin.{name}": "of one port's multiplexer or driver"
    for name in (
        *("ALT", "ALT_GPCK", "ALT_I2C", "ALT_OPEN_DRAIN", "ALT_PIO0", "ALT_PIO1", "ALT_PWM", "ALT_SIO"),
        *(
            "ALT_SPI",
            "ALT_UART",
            "ALT_USB",
            "ANALOG",
            "DRIVE_0",
            "DRIVE_1",
            "DRIVE_2",
            "DRIVE_3",
            "PULL_HOLD",
        ),
    )
}
# What hal.machine has and no stub has.
ADDED = {
    "UART.fileno": "so that select.poll takes it; a board's poll needs no number",
    "UART.init.rts": "named in the documentation; the stubs forget it",
    "UART.init.cts": "named in the documentation; the stubs forget it",
    "UART.init.flow": "named in the documentation; the stubs forget it",
    "UART.__init__.rts": "named in the documentation; the stubs forget it",
    "UART.__init__.cts": "named in the documentation; the stubs forget it",
    "UART.__init__.flow": "named in the documentation; the stubs forget it",
}
# Where both have it and it is not the same.
OTHERWISE = {
    "Timer.__init__.id": "optional here, as in the ports; the stubs ask for it",
    "UART.INV_TX": "values of the RP2; the ESP32 has others",
    "UART.INV_RX": "values of the RP2; the ESP32 has others",
    "UART.CTS": "values of the RP2; the ESP32 has others",
    "UART.RTS": "values of the RP2; the ESP32 has others",
} | {
    f"Pin.{name}": "values of the RP2; the ESP32 has others"
    for name in ("IN", "OUT", "OPEN_DRAIN", "PULL_UP", "PULL_DOWN", "IRQ_FALLING", "IRQ_RISING")
}


class Method:
    """All overloads of one method: its parameters in order, as (name, kind, default text or None)."""

    def __init__(self):
        self.parameters = {}

    def add(self, arguments):
        positional = arguments.posonlyargs + arguments.args
        defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
        for at, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
            kind = "positional" if at < len(arguments.posonlyargs) else "either"
            self.note(argument.arg, kind, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            self.note(argument.arg, "keyword", default)

    def note(self, name, kind, default):
        if name != "self":
            self.parameters.setdefault(name, (kind, default and ast.unparse(default)))


def stub(port):
    """({class: {member: Method or the text of a constant}}, functions, constants) of a port's machine.pyi."""
    classes, functions, constants = {}, {}, {}
    for node in ast.parse((STUBS / port / "machine.pyi").read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name in CLASSES:
            members = classes[node.name] = {}
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    members.setdefault(member.name, Method()).add(member.args)
                elif isinstance(member, ast.AnnAssign):
                    members[member.target.id] = member.value and ast.unparse(member.value)
        elif isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS:
            functions.setdefault(node.name, Method()).add(node.args)
        elif isinstance(node, ast.AnnAssign) and node.target.id in CONSTANTS:
            constants[node.target.id] = node.value and ast.unparse(node.value)
    return classes, functions, constants


def kind_of(parameter):
    return {
        inspect.Parameter.POSITIONAL_ONLY: "positional",
        inspect.Parameter.POSITIONAL_OR_KEYWORD: "either",
        inspect.Parameter.KEYWORD_ONLY: "keyword",
    }[parameter.kind]


def compare_method(name, method, ours):
    """Yields (what differs, how)."""
    have = {key: value for key, value in inspect.signature(ours).parameters.items() if key != "self"}
    order = [key for key, (kind, _) in method.parameters.items() if kind != "keyword" and key in have]
    mine = [key for key, value in have.items() if kind_of(value) != "keyword" and key in order]
    if mine != order:
        yield f"{name}", f"order {mine}, not {order}"
    for key, (kind, default) in method.parameters.items():
        if key not in have:
            yield f"{name}.{key}", "missing"
            continue
        # A parameter that may be given either way serves whoever gives it one way.
        if kind_of(have[key]) not in (kind, "either"):
            yield f"{name}.{key}", f"is {kind_of(have[key])}, not {kind}"
        given = have[key].default
        if default is None:
            if given is not inspect.Parameter.empty and key not in optional(method):
                yield f"{name}.{key}", "optional, not required"
        elif default in ("...", "IRQ_FALLING | IRQ_RISING", "PERIODIC"):
            if given is inspect.Parameter.empty:
                yield f"{name}.{key}", "required, not optional"
        elif repr(given) != default:
            yield f"{name}.{key}", f"default {given!r}, not {default}"
    for key in have:
        if key not in method.parameters:
            yield f"{name}.{key}", "added"


def optional(method):
    """Of an overloaded method: what one overload takes and another does without."""
    return {"nbytes", "x"} & set(method.parameters)


def compare_value(name, text, ours):
    if text not in (None, "...") and repr(ours) != text:
        yield name, f"{ours!r}, not {text}"


def differences(port):
    classes, functions, constants = stub(port)
    for class_name in CLASSES:
        ours = getattr(machine, class_name)
        for member, theirs in classes[class_name].items():
            name = f"{class_name}.{member}"
            if member not in vars(ours):
                yield name, "missing"
            elif isinstance(theirs, Method):
                yield from compare_method(name, theirs, getattr(ours, member))
            else:
                yield from compare_value(name, theirs, getattr(ours, member))
        for member in vars(ours):
            if not member.startswith("_") and member not in classes[class_name]:
                yield f"{class_name}.{member}", "added"
    for name, theirs in functions.items():
        yield from compare_method(name, theirs, getattr(machine, name))
    for name, text in constants.items():
        yield from compare_value(name, text, getattr(machine, name))


@pytest.fixture(scope="module")
def found():
    """{port: {what differs: how}}"""
    if not (STUBS / "rp2" / "machine.pyi").is_file():
        message = "the stubs are not in build/: `make test` fetches them"
        assert os.environ.get("CI") != "true", message
        pytest.skip(message)
    return {port: dict(differences(port)) for port in PORTS}


@pytest.mark.parametrize("port", PORTS)
def test_every_difference_is_one_that_is_named(found, port):
    listed = (("missing", LEFT_OUT), ("added", ADDED))
    of_the_other = {name for other in PORTS if other != port for name in names(other)}
    wrong = {
        name: how
        for name, how in found[port].items()
        if name not in dict(listed).get(how, OTHERWISE) and not (how == "added" and name in of_the_other)
    }
    assert wrong == {}


def test_every_named_difference_is_one(found):
    """A line that is no longer true is taken out."""
    seen = {name for port in PORTS for name in found[port]}
    assert sorted((LEFT_OUT.keys() | ADDED.keys() | OTHERWISE.keys()) - seen) == []


def names(port):
    classes, _, _ = stub(port)
    return {f"{class_name}.{member}" for class_name in CLASSES for member in classes[class_name]}


def test_the_comparison_notices():
    def ours(self, baudrate, b, c=1, *, d=2, e=3): ...

    def theirs(text):
        method = Method()
        method.add(ast.parse(text).body[0].args)
        return dict(compare_method("m", method, ours))

    assert theirs("def m(self, baudrate, b, c=1, *, d=2, e=3): ...") == {}
    assert theirs("def m(self, b, baudrate, c=1, *, d=2, e=3): ...") == {
        "m": "order ['baudrate', 'b', 'c'], not ['b', 'baudrate', 'c']"
    }
    assert theirs("def m(self, baudrate, b, c=2, f=0, *, d=2): ...") == {
        "m.c": "default 1, not 2",
        "m.f": "missing",
        "m.e": "added",
    }
    assert theirs("def m(self, baudrate, b, c=1, d=2, /, *, e): ...")["m.d"] == "is keyword, not positional"
    assert theirs("def m(self, baudrate, b=..., c=1, *, d=2, e): ...") == {
        "m.b": "required, not optional",
        "m.e": "optional, not required",
    }


def test_the_stubs_are_read():
    if (STUBS / "rp2" / "machine.pyi").is_file():
        classes, functions, constants = stub("rp2")
        assert list(classes["UART"]["read"].parameters) == ["nbytes"]
        assert set(classes) == set(CLASSES)
        assert set(functions) == set(FUNCTIONS)
        assert set(constants) == set(CONSTANTS)
