"""WDT over a file in place of the device, RTC, Timer, unique_id, reset_cause."""

import fcntl
import queue
import struct
import threading

import pytest

from hal import machine
from hal.machine import RTC, WDT, Timer, reset_cause, unique_id

BOOT = "4a0d9d3c-7e2b-4c55-8a8e-0d6a2a1f9d10"


class Clock:
    def __init__(self, utc_ms=0):
        self.now_ms = utc_ms

    def utc_ms(self):
        return self.now_ms

    def monotonic(self):
        return self.now_ms / 1000


@pytest.fixture
def device(tmp_path, monkeypatch):
    """A file for a watchdog that takes 1..20 s, and the times it was asked for."""
    path, asked = tmp_path / "watchdog", []
    path.touch()

    def ioctl(handle, request, argument):
        (seconds,) = struct.unpack("i", argument)
        asked.append(seconds)
        if not 1 <= seconds <= 20:
            raise OSError(22, "Invalid argument")
        return argument

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    machine.use(machine.Board(watchdog=str(path)))
    return path, asked


def test_wdt_is_fed(device):
    path, asked = device
    wdt = WDT(timeout=5000)
    assert asked == [5]
    assert path.read_bytes() == b"\0"
    wdt.feed()
    assert path.read_bytes() == b"\0\0"


def test_wdt_rounds_up_to_whole_seconds(device):
    WDT(0, 5001)
    assert device[1] == [6]


def test_wdt_lets_go_of_a_device_that_cannot_wait_so_long(device):
    with pytest.raises(ValueError, match="does not take a time-out of 21 s"):
        WDT(timeout=21000)
    assert device[0].read_bytes()[-1:] == b"V"


def test_wdt_without_a_device_says_so(tmp_path):
    machine.use(machine.Board(watchdog=str(tmp_path / "none")))
    with pytest.raises(OSError, match="No such file"):
        WDT()
    with pytest.raises(ValueError, match=r"WDT\(1\)"):
        WDT(1)
    with pytest.raises(ValueError, match="cannot wait 0 ms"):
        WDT(timeout=0)


def test_rtc_is_the_clock(tmp_path):
    machine.use(machine.Board(clock=Clock(1_795_575_296_789)))
    assert RTC().datetime() == (2026, 11, 25, 2, 2, 54, 56, 789000)
    with pytest.raises(OSError, match="set by its host"):
        RTC().datetime((2030, 1, 1, 0, 0, 0, 0, 0))


def test_a_timer_once():
    calls = queue.Queue(maxsize=10)
    timer = Timer(-1)
    timer.init(mode=Timer.ONE_SHOT, period=1, callback=calls.put)
    assert calls.get(timeout=5) is timer
    with pytest.raises(queue.Empty):
        calls.get(timeout=0.05)


def test_a_timer_goes_on_past_a_callback_that_raises_until_it_is_ended(capsys):
    calls, enough = [], threading.Event()

    def callback(timer):
        calls.append(timer)
        if len(calls) == 3:
            timer.deinit()
            enough.set()
        raise RuntimeError("in the callback")

    Timer(mode=Timer.PERIODIC, freq=1000, callback=callback)
    assert enough.wait(5)
    threading.Event().wait(0.02)
    assert len(calls) == 3
    assert "RuntimeError: in the callback" in capsys.readouterr().err


def test_a_timers_period_is_in_its_ticks():
    calls = queue.Queue(maxsize=10)
    Timer(mode=Timer.ONE_SHOT, period=1, tick_hz=100_000, callback=calls.put)
    calls.get(timeout=5)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"period": 0}, "period .* above 0"),
        ({"freq": 0}, "above 0"),
        ({"mode": 3, "period": 1}, "mode 3"),
    ],
)
def test_a_timer_that_cannot_be(settings, text):
    with pytest.raises(ValueError, match=text):
        Timer(**settings)
    with pytest.raises(ValueError, match=r"Timer\(0\)"):
        Timer(0)


def test_unique_id_is_the_serial_number_or_a_hash_of_the_machine_id(tmp_path):
    serial, machine_id = tmp_path / "serial", tmp_path / "machine-id"
    machine.use(machine.Board(serial_number=serial, machine_id=machine_id))
    with pytest.raises(OSError, match="neither"):
        unique_id()
    machine_id.write_text("uninitialized\n")
    with pytest.raises(OSError, match="neither"):
        unique_id()
    machine_id.write_text("0123456789abcdef0123456789abcdef\n")
    made = unique_id()
    assert len(made) == 16
    assert made.hex() not in machine_id.read_text()
    assert unique_id() == made
    serial.write_bytes(b"10000000f1e2d3c4\0")
    assert unique_id() == b"10000000f1e2d3c4"


def board(tmp_path, status, marker=None):
    boot_status, boot_id = tmp_path / "bootstatus", tmp_path / "boot_id"
    boot_id.write_text(BOOT + "\n")
    if status is not None:
        boot_status.write_text(status)
    machine.use(machine.Board(boot_status=boot_status, boot_id=boot_id, marker=marker))


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("32\n", machine.WDT_RESET),
        ("0x8020\n", machine.WDT_RESET),
        ("0\n", 0),  # a cold start, or a watchdog that keeps no record: who can tell
        ("16\n", 0),  # it saw low voltage, which is not a reset
        ("nonsense", 0),
        (None, 0),
    ],
)
def test_reset_cause_is_what_the_watchdog_says_or_unknown(tmp_path, status, cause):
    board(tmp_path, status)
    assert reset_cause() == cause


def test_a_process_started_again_is_a_soft_reset(tmp_path):
    marker = tmp_path / "run" / "boot"
    board(tmp_path, "32\n", marker)
    assert reset_cause() == machine.WDT_RESET
    assert reset_cause() == machine.WDT_RESET  # it stays so for this process
    board(tmp_path, "32\n", marker)
    assert reset_cause() == machine.SOFT_RESET
    marker.write_text("another boot\n")
    board(tmp_path, "0\n", marker)
    assert reset_cause() == 0


def test_reset_ends_the_process_for_its_service_manager():
    with pytest.raises(SystemExit) as caught:
        machine.reset()
    assert caught.value.code == 75
