"""A pin through gpiod. The chip is the test's own: its names and errors are held against the library."""

import errno
import inspect
import sys

import gpiod
import pytest

from hal.gpio import CHECK_S, GpioError, GpioPin, PinKeeper, load_gpiod


class Chip:
    """One chip of the box: three pins, one of them the kernel's."""

    def __init__(self, box, path, label):
        self.box, self.path, self.label = box, path, label

    def get_info(self):
        return gpiod.ChipInfo(self.path, self.label, 3)

    def line_offset_from_id(self, id):
        names = {"GPIO0": 0, "GPIO1": 1, "GPIO2": 2}
        if id in names:
            return names[id]
        if isinstance(id, str):
            raise OSError(errno.ENOENT, "No such file or directory")
        if id >= 3:
            raise ValueError("line offset of out range")
        return id

    def get_line_info(self, line):
        class Info:
            consumer = self.box.holders[line]

        return Info()

    def request_lines(self, config, consumer=None, event_buffer_size=None, output_values=None):
        ((offset, settings),) = config.items()
        if self.box.refuses:
            raise self.box.refuses
        if offset in self.box.holders:
            raise OSError(errno.EBUSY, "Device or resource busy")
        assert settings.direction is gpiod.line.Direction.OUTPUT
        self.box.holders[offset] = consumer
        request = Request(self.box, offset, settings)
        request.set_value(offset, settings.output_value)
        return request

    def close(self):
        self.box.closed += 1


class Request:
    def __init__(self, box, offset, settings):
        self.box, self.offset, self.settings = box, offset, settings

    def set_value(self, line, value):
        if self.box.refuses:
            raise self.box.refuses
        active = value is gpiod.line.Value.ACTIVE
        self.box.levels.append(active != self.settings.active_low)

    def get_value(self, line):
        level = self.box.levels[-1] if self.box.pulled is None else self.box.pulled
        active = level != self.settings.active_low
        return gpiod.line.Value.ACTIVE if active else gpiod.line.Value.INACTIVE

    def release(self):
        del self.box.holders[self.offset]


class Box:
    """Stands for the library: two chips, and what was done to their pins (levels: True is high)."""

    line, LineSettings = gpiod.line, gpiod.LineSettings

    def __init__(self):
        self.levels, self.holders, self.closed = [], {1: "spi0 CS0"}, 0
        self.refuses, self.pulled = None, None
        self.opened = []

    def Chip(self, path):
        self.opened.append(path)
        if path == "/dev/gpiochip9":
            raise PermissionError(errno.EACCES, "Permission denied")
        labels = {"/dev/gpiochip0": "pinctrl-bcm2711", "/dev/gpiochip1": "raspberrypi-exp-gpio"}
        if path not in labels:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return Chip(self, path, labels[path])


CHIPS = ("/dev/gpiochip9", "/dev/gpiochip1", "/dev/gpiochip0")


def pin_of(box, chip="/dev/gpiochip0", pin=2, active_low=False):
    return GpioPin(chip, pin, active_low, box, CHIPS)


@pytest.mark.parametrize(
    "name", ["get_info", "line_offset_from_id", "get_line_info", "request_lines", "close"]
)
def test_the_chip_here_is_called_as_the_librarys(name):
    ours, theirs = inspect.signature(getattr(Chip, name)), inspect.signature(getattr(gpiod.Chip, name))
    assert list(ours.parameters) == list(theirs.parameters)


@pytest.mark.parametrize("name", ["set_value", "get_value", "release"])
def test_the_request_here_is_called_as_the_librarys(name):
    ours, theirs = (
        inspect.signature(getattr(Request, name)),
        inspect.signature(getattr(gpiod.LineRequest, name)),
    )
    assert list(ours.parameters) == list(theirs.parameters)


def test_the_library_of_this_environment_will_do():
    assert load_gpiod() is gpiod


@pytest.mark.parametrize("active_low", [False, True])
def test_the_level_is_right_from_the_first_moment_on(active_low):
    box = Box()
    pin = pin_of(box, active_low=active_low)
    assert pin.drive(False) is False
    assert pin.drive(True) is True
    assert pin.drive(False) is False
    assert box.levels == [active_low, not active_low, active_low]
    assert box.holders[2] == "fenceline", "it is held, and `gpioinfo` shows by whom"
    assert box.closed == 1, "the chip itself is not held"
    pin.close()
    pin.close()
    assert 2 not in box.holders


@pytest.mark.parametrize("pin", [2, "GPIO2"])
@pytest.mark.parametrize("chip", ["/dev/gpiochip0", "pinctrl-bcm2711"])
def test_chip_and_pin_have_a_number_or_a_name(chip, pin):
    box = Box()
    assert pin_of(box, chip, pin).drive(True)
    assert 2 in box.holders


@pytest.mark.parametrize(
    ("chip", "pin", "said"),
    [
        (
            "/dev/gpiochip7",
            2,
            "gpio /dev/gpiochip7 2: there is no such chip\n  hint: `gpiodetect` shows which there are",
        ),
        (
            "/dev/gpiochip9",
            2,
            "gpio /dev/gpiochip9 2: no permission\n"
            "  hint: add the user to the group gpio and log in again, or give that group the device",
        ),
        (
            "/dev/gpiochip0",
            1,
            "gpio /dev/gpiochip0 1: in use by 'spi0 CS0'\n"
            "  hint: `gpioinfo` shows who has what: an overlay or a program must give it up",
        ),
        (
            "/dev/gpiochip0",
            3,
            "gpio /dev/gpiochip0 3: there is no pin 3 on it\n"
            "  hint: pinctrl-bcm2711 has the offsets 0..2; `gpioinfo` shows their names",
        ),
        (
            "/dev/gpiochip0",
            "GPIO9",
            "gpio /dev/gpiochip0 GPIO9: there is no pin 'GPIO9' on it\n"
            "  hint: pinctrl-bcm2711 has the offsets 0..2; `gpioinfo` shows their names",
        ),
        (
            "pinctrl",
            2,
            "gpio pinctrl 2: there is no chip of the label 'pinctrl'\n  hint: known are "
            "raspberrypi-exp-gpio (/dev/gpiochip1), pinctrl-bcm2711 (/dev/gpiochip0)",
        ),
    ],
)
def test_what_a_person_reads(chip, pin, said):
    box = Box()
    with pytest.raises(GpioError) as refused:
        pin_of(box, chip, pin).drive(True)
    assert str(refused.value) == said
    assert box.levels == []


def test_a_real_device_that_is_no_chip_is_said_to_be_none():
    with pytest.raises(GpioError, match="this is no GPIO chip"):
        GpioPin("/dev/null", 0, False, gpiod).drive(True)


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(GpioError, match="pip install 'fenceline"):
        load_gpiod()


class Keeping:
    def __init__(self, box, make=None):
        self.now_s, self.told = 100.0, []
        self.keeper = PinKeeper(
            make or (lambda: pin_of(box)), lambda: self.now_s, lambda *told: self.told.append(told)
        )

    def tick_after(self, seconds):
        self.now_s += seconds
        self.keeper.tick()


def test_a_pin_is_taken_let_go_and_each_switch_is_told_once():
    box = Box()
    keeping = Keeping(box)
    keeping.tick_after(0)
    assert (box.levels, keeping.keeper.confirmed) == ([False], False)
    keeping.keeper.want(True)
    keeping.keeper.want(True)
    assert (box.levels, keeping.keeper.confirmed) == ([False, True], True)
    keeping.tick_after(CHECK_S / 2)
    assert len(box.levels) == 2
    keeping.tick_after(CHECK_S / 2)
    assert box.levels == [False, True, True], "read back, and set again, every ten seconds"
    assert keeping.told == [("switched", "")]


def test_a_pin_that_fails_is_told_once_and_tried_again():
    box = Box()
    keeping = Keeping(box)
    keeping.tick_after(0)
    box.refuses = OSError(errno.EIO, "Input/output error")
    keeping.keeper.want(True)
    for _ in range(3):
        keeping.tick_after(CHECK_S)
    assert keeping.told == [("failing", "gpio /dev/gpiochip0 2: cannot be driven: Input/output error")]
    assert keeping.keeper.confirmed is None
    box.refuses = None
    keeping.tick_after(CHECK_S)
    assert keeping.told[1:] == [("switched", "")]
    assert box.levels[-1] is True
    box.refuses = OSError(errno.EIO, "Input/output error")
    keeping.tick_after(CHECK_S)
    box.refuses = None
    keeping.tick_after(CHECK_S)
    assert [what for what, _ in keeping.told[2:]] == ["failing", "recovered"]


def test_an_error_of_the_library_s_own_fails_the_pin_and_not_its_caller():
    box = Box()
    keeping = Keeping(box)
    keeping.tick_after(0)
    box.refuses = gpiod.RequestReleasedError()
    keeping.keeper.want(True)
    ((what, why),) = keeping.told
    assert what == "failing"
    assert why.startswith("gpio /dev/gpiochip0 2: cannot be driven: ")
    box.refuses = None
    keeping.tick_after(CHECK_S)
    assert keeping.told[1:] == [("switched", "")]


def test_a_pin_that_does_not_follow_is_told():
    box = Box()
    keeping = Keeping(box)
    keeping.tick_after(0)
    box.pulled = False
    keeping.keeper.want(True)
    assert keeping.told == [("failing", "the pin does not follow: something else pulls it")]
    assert keeping.keeper.confirmed is False
    box.pulled = None
    keeping.tick_after(CHECK_S)
    assert keeping.told[1:] == [("switched", "")]


def test_a_missing_library_fails_the_pin_and_nothing_else():
    def make():
        raise GpioError("gpio", "the library gpiod (version 2) cannot be loaded")

    keeping = Keeping(Box(), make)
    keeping.tick_after(0)
    keeping.keeper.want(True)
    assert keeping.told == [("failing", "gpio: the library gpiod (version 2) cannot be loaded")]
    keeping.keeper.close()
