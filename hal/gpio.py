"""One GPIO pin as an output, through the kernel's character device (gpiod).

The pin is held for as long as the agent runs, so that nobody else can drive it. The kernel
guarantees its state only while it is held: what it does when its holder ends is the chip driver's
own affair. Source: gpioset(1).
"""

import errno
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hal.errors import HalError

__all__ = ["CHECK_S", "CONSUMER", "GpioError", "GpioPin", "PinKeeper", "load_gpiod"]

CONSUMER = "fenceline"  # what `gpioinfo` shows as the pin's holder
CHECK_S = 10.0  # a pin is read back so often, and one that fails is tried again


class GpioError(HalError):
    """A pin cannot be had, or cannot be set."""


def load_gpiod() -> Any:
    """The library, imported by whoever has a pin to drive. Raises GpioError where it is missing."""
    try:
        import gpiod  # noqa: PLC0415 - most gateways drive no pin
    except ImportError as error:
        hint = "install the distribution's extra `gpio`: pip install 'fenceline[gpio]'"
        raise GpioError("gpio", f"the library gpiod (version 2) cannot be loaded: {error}", hint) from error
    if not hasattr(gpiod, "LineSettings"):
        raise GpioError("gpio", "the library gpiod is version 1, version 2 is needed", "pip install -U gpiod")
    return gpiod


def _chips() -> Iterable[str]:
    return sorted(str(path) for path in Path("/dev").glob("gpiochip*"))


class GpioPin:
    """A pin by its chip (a device path, or the chip's label) and its offset or name.

    active_low: energised is a low level. library: the module gpiod. chips: paths where a label is
    sought.
    """

    def __init__(
        self, chip: str, pin: int | str, active_low: bool, library: Any, chips: Iterable[str] | None = None
    ) -> None:
        self.chip, self.pin = chip, pin
        self.where = f"gpio {chip} {pin}"
        self._active_low, self._library, self._chips = active_low, library, chips
        self._request: Any = None
        self._offset = 0

    def drive(self, on: bool) -> bool:
        """Energise or let go, and read back: what the pin says now. Raises GpioError."""
        values = self._library.line.Value
        value = values.ACTIVE if on else values.INACTIVE
        try:
            if self._request is None:
                self._open(value)
            else:
                self._request.set_value(self._offset, value)
            return bool(self._request.get_value(self._offset) == values.ACTIVE)
        except OSError as error:
            self.close()
            raise self._refused(error) from error
        except GpioError:
            raise
        except (
            Exception
        ) as error:  # the library's own have no common base, and a pin must not stop the judging
            self.close()
            raise GpioError(self.where, f"cannot be driven: {error or type(error).__name__}") from error

    def close(self) -> None:
        """Give the pin back; from then on nobody guarantees its state."""
        if self._request is not None:
            with suppress(OSError):
                self._request.release()
            self._request = None

    def _open(self, value: Any) -> None:
        """With its value from the first moment on: there is no glitch between."""
        line = self._library.line
        settings = self._library.LineSettings(
            direction=line.Direction.OUTPUT, active_low=self._active_low, output_value=value
        )
        chip = self._find()
        try:
            self._offset = self._offset_in(chip)
            self._request = self._request_of(chip, settings)
        finally:
            chip.close()

    def _find(self) -> Any:
        if self.chip.startswith("/"):
            return self._library.Chip(self.chip)
        seen = []
        for path in _chips() if self._chips is None else self._chips:
            try:
                chip = self._library.Chip(path)
            except OSError:
                continue
            label = chip.get_info().label
            if label == self.chip:
                return chip
            seen.append(f"{label} ({path})")
            chip.close()
        hint = "known are " + ", ".join(seen) if seen else "this box has no GPIO chip that can be opened"
        raise GpioError(self.where, f"there is no chip of the label {self.chip!r}", hint)

    def _offset_in(self, chip: Any) -> int:
        try:
            return int(chip.line_offset_from_id(self.pin))
        except (ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno != errno.ENOENT:
                raise
            info = chip.get_info()
            hint = f"{info.label} has the offsets 0..{info.num_lines - 1}; `gpioinfo` shows their names"
            raise GpioError(self.where, f"there is no pin {self.pin!r} on it", hint) from error

    def _request_of(self, chip: Any, settings: Any) -> Any:
        try:
            return chip.request_lines({self._offset: settings}, consumer=CONSUMER)
        except OSError as error:
            if error.errno == errno.EBUSY:
                holder = chip.get_line_info(self._offset).consumer or "the kernel"
                hint = "`gpioinfo` shows who has what: an overlay or a program must give it up"
                raise GpioError(self.where, f"in use by {holder!r}", hint) from error
            raise

    def _refused(self, error: OSError) -> GpioError:
        if error.errno == errno.ENOENT:
            return GpioError(self.where, "there is no such chip", "`gpiodetect` shows which there are")
        if error.errno in (errno.EACCES, errno.EPERM):
            hint = "add the user to the group gpio and log in again, or give that group the device"
            return GpioError(self.where, "no permission", hint)
        if error.errno in (errno.ENODEV, errno.ENOTTY):
            return GpioError(self.where, "this is no GPIO chip", "`gpiodetect` shows which there are")
        return GpioError(self.where, f"cannot be driven: {error.strerror or error}")


class PinKeeper:
    """Keeps a pin as it is wanted: let go at first. Only what was read back counts as confirmed.

    make: opens nothing, but may raise GpioError; monotonic: seconds; report(what, detail): what is
    "switched", "failing" or "recovered".
    """

    def __init__(
        self,
        make: Callable[[], GpioPin],
        monotonic: Callable[[], float],
        report: Callable[[str, str], None] = lambda what, detail: None,
    ) -> None:
        self.wanted = False
        self.confirmed: bool | None = None
        self._make, self._monotonic, self._report = make, monotonic, report
        self._pin: GpioPin | None = None
        self._told = True  # whether the report of the last change is out
        self._failing = False
        self._due_s = float("-inf")

    def want(self, on: bool) -> None:
        """Energise or let go, now."""
        if on != self.wanted:
            self.wanted, self._told = on, False
            self._drive()

    def tick(self) -> None:
        """Call it about once a second: reads back every 10 s, and tries again what failed."""
        if self._monotonic() >= self._due_s:
            self._drive()

    def close(self) -> None:
        if self._pin is not None:
            self._pin.close()
            self._pin = None

    def _drive(self) -> None:
        self._due_s = self._monotonic() + CHECK_S
        try:
            self._pin = self._pin or self._make()
            self.confirmed = self._pin.drive(self.wanted)
        except GpioError as error:
            self.confirmed = None
            self._fail(str(error))
            return
        if self.confirmed != self.wanted:
            self._fail("the pin does not follow: something else pulls it")
            return
        failing, told = self._failing, self._told
        self._failing, self._told = False, True
        if not told:
            self._report("switched", "")
        elif failing:
            self._report("recovered", "read back as wanted")

    def _fail(self, why: str) -> None:
        """Told once, until the pin is as wanted again."""
        if not self._failing:
            self._failing = True
            self._report("failing", why)
