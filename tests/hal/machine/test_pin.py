"""Pin over an injected chip: a machine that runs tests has no GPIO lines. gpiod's own types are real."""

import queue
import sys
import threading

import pytest
from gpiod.line import Bias, Direction, Drive, Edge, Value

from hal import machine
from hal.gpio import GpioError
from hal.machine import Pin


class Chip:
    """Hands out itself as the one line it has, and remembers."""

    def __init__(self):
        self.requests, self.settings, self.level = [], None, Value.INACTIVE
        self.edges = queue.Queue(maxsize=100)

    def __call__(self, path, config):
        (line,) = config
        self.requests.append((path, line))
        self.reconfigure_lines(config)
        return self

    def reconfigure_lines(self, config):
        ((self.line, self.settings),) = config.items()
        if self.settings.direction == Direction.OUTPUT:
            self.level = self.settings.output_value

    def get_value(self, line):
        assert line == self.line
        return self.level

    def set_value(self, line, value):
        assert line == self.line
        self.level = value

    def wait_edge_events(self, timeout=None):
        try:
            self.event = self.edges.get(timeout=timeout)
        except queue.Empty:
            return False
        return True

    def read_edge_events(self):
        return [self.event]

    def release(self):
        pass


@pytest.fixture
def chip():
    made = Chip()
    machine.use(machine.Board(chip="/dev/gpiochip7", request_line=made))
    return made


def test_an_output(chip):
    pin = Pin(17, Pin.OUT, value=1)
    assert chip.requests == [("/dev/gpiochip7", 17)]
    assert chip.settings.direction == Direction.OUTPUT
    assert chip.settings.output_value == Value.ACTIVE  # in the request itself: it does not flicker
    assert pin.value() == pin() == 1
    pin.off()
    assert pin.value() == 0
    pin.on()
    assert chip.level == Value.ACTIVE
    pin.toggle()
    assert pin() == 0
    assert pin(1) is None
    assert pin.value() == 1
    pin.low()
    pin.high()
    assert pin.value() == 1


def test_an_input_with_a_pull(chip):
    pin = Pin("DOOR", Pin.IN, Pin.PULL_UP)
    assert chip.requests == [("/dev/gpiochip7", "DOOR")]
    assert (chip.settings.direction, chip.settings.bias) == (Direction.INPUT, Bias.PULL_UP)
    chip.level = Value.ACTIVE
    assert pin() == 1
    pin.init(pull=Pin.PULL_DOWN)
    assert (chip.settings.direction, chip.settings.bias) == (Direction.INPUT, Bias.PULL_DOWN)
    pin.init(pull=None)
    assert chip.settings.bias == Bias.DISABLED


def test_an_input_keeps_a_level_for_when_it_is_an_output(chip):
    pin = Pin(("/dev/gpiochip1", 4), Pin.IN)
    assert chip.requests == [("/dev/gpiochip1", 4)]
    pin.value(1)
    assert chip.level == Value.INACTIVE
    pin.init(Pin.OUT)
    assert chip.level == Value.ACTIVE


def test_nothing_said_leaves_it_as_it_is(chip):
    Pin(4)
    assert (chip.settings.direction, chip.settings.bias) == (Direction.AS_IS, Bias.AS_IS)
    Pin(5, Pin.OPEN_DRAIN)
    assert (chip.settings.direction, chip.settings.drive) == (Direction.OUTPUT, Drive.OPEN_DRAIN)


def test_an_edge_calls_the_handler_until_it_is_taken_off(chip):
    pin, heard = Pin(4, Pin.IN), queue.Queue(maxsize=10)
    pin.irq(heard.put, Pin.IRQ_FALLING)
    assert chip.settings.edge_detection == Edge.FALLING
    assert chip.settings.direction == Direction.INPUT
    chip.edges.put("falling")
    assert heard.get(timeout=5) is pin
    pin.irq(heard.put, Pin.IRQ_FALLING | Pin.IRQ_RISING)
    assert chip.settings.edge_detection == Edge.BOTH
    chip.edges.put("rising")
    assert heard.get(timeout=5) is pin
    pin.irq(None)
    assert chip.settings.edge_detection == Edge.NONE
    assert not [thread for thread in threading.enumerate() if thread.name == "pin 4"]


def test_a_handler_may_take_itself_off(chip):
    pin, heard = Pin(4, Pin.IN), queue.Queue(maxsize=10)

    def once(pin):
        pin.irq(None)
        heard.put("once")

    pin.irq(once, Pin.IRQ_RISING)
    chip.edges.put("rising")
    assert heard.get(timeout=5) == "once"
    assert chip.settings.edge_detection == Edge.NONE


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Pin(4, 7), "pin mode 7"),
        (lambda: Pin(4, Pin.IN, 3), "pull 3"),
        (lambda: Pin(4).irq(print, 1), "trigger is"),
        (lambda: Pin(4).irq(print, 4, wake=1), "cannot wake"),
    ],
)
def test_what_cannot_be(chip, make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_without_a_chip_the_error_names_it():
    machine.use(machine.Board(chip="/dev/no-such-chip"))
    with pytest.raises(OSError, match="No such file"):
        Pin(4, Pin.OUT)


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(GpioError, match="hint: install"):
        Pin(4, Pin.OUT)
