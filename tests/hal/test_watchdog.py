"""Both watchdogs over real sockets and files of the test's own."""

import errno
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hal.watchdog import RETRY_S, TIMEOUTS_S, ServiceManager, WatchdogDevice

ROOT = Path(__file__).parents[2]
OURS = os.getpid()


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    """The service manager's end: (its socket, the agent's environment)."""
    name = str(tmp_path / "notify")
    if request.param == "abstract":
        name = "@fenceline" + name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind("\0" + name[1:] if name.startswith("@") else name)
        link.settimeout(5)
        yield link, {"NOTIFY_SOCKET": name}


def heard(link):
    """All that has come so far."""
    link.setblocking(False)
    said = []
    try:
        while True:
            said.append(link.recv(1024).decode())
    except BlockingIOError:
        return said


def test_what_is_said_arrives_as_one_message(manager):
    link, environ = manager
    told = ServiceManager(environ, OURS)
    assert told.say("READY=1", "STATUS=polling")
    told.feed()
    assert heard(link) == ["READY=1\nSTATUS=polling"], "nobody waits for WATCHDOG=1"
    fed = ServiceManager({**environ, "WATCHDOG_USEC": "2000000"}, OURS)
    fed.feed()
    assert heard(link) == ["WATCHDOG=1"]


@pytest.mark.parametrize(
    ("environ", "every_s"),
    [
        ({"WATCHDOG_USEC": "2000000"}, 1.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(OURS)}, 1.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(OURS + 1)}, None),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": ""}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_PID": str(OURS)}, None),
        ({}, None),
    ],
)
def test_it_is_fed_at_half_its_time_and_only_where_it_waits_for_us(environ, every_s):
    assert ServiceManager({"NOTIFY_SOCKET": "/x", **environ}, OURS).feed_every_s == every_s
    assert ServiceManager(environ, OURS).feed_every_s is None, "without a socket there is no way"


def test_without_a_service_manager_there_is_nothing_to_do():
    assert ServiceManager({}, OURS, report=pytest.fail).say("READY=1")


def test_a_socket_that_is_gone_is_reported_once_and_its_return_too(tmp_path):
    path, told = tmp_path / "notify", []
    manager = ServiceManager({"NOTIFY_SOCKET": str(path)}, OURS, lambda *each: told.append(each))
    assert not manager.say("READY=1")
    assert not manager.say("READY=1")
    assert told == [("failing", f"{path}: No such file or directory")]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(str(path))
        assert manager.say("READY=1")
        assert manager.say("STATUS=polling")
        assert heard(link) == ["READY=1", "STATUS=polling"]
    assert told[1:] == [("recovered", str(path))]


def test_a_service_manager_that_does_not_read_holds_nobody_up(tmp_path):
    path, told = tmp_path / "notify", []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(str(path))
        environ = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "2000000"}
        manager = ServiceManager(environ, OURS, lambda *each: told.append(each))
        began = time.monotonic()
        for _ in range(100_000):  # more than any queue of datagrams holds
            manager.feed()
            if told:
                break
        assert [state for state, _ in told] == ["failing"]
        assert time.monotonic() - began < 2, "it was waited for"


class Box:
    """A device that is a file, a time that the test sets, and what was reported."""

    def __init__(self, path):
        self.now_s, self.told = 100.0, []
        self.device = WatchdogDevice(str(path), lambda: self.now_s, lambda *each: self.told.append(each))

    def feed_after(self, seconds):
        self.now_s += seconds
        self.device.feed()


def test_it_is_fed_byte_by_byte_and_closed_with_the_magic_letter(tmp_path):
    path = tmp_path / "watchdog"
    path.touch()
    box = Box(path)
    box.device.close()
    assert path.read_bytes() == b"", "one that was never opened is not armed"
    for fed in (1, 2, 3):
        box.device.feed()
        assert path.read_bytes() == bytes(fed), "no V but at the end: it would disarm"
    box.device.close()
    box.device.close()
    assert path.read_bytes() == b"\0\0\0V"
    assert (box.told, box.device.timeout_s) == ([], None)


def test_a_device_that_cannot_be_opened_is_reported_once_and_tried_again(tmp_path):
    path = tmp_path / "watchdog"
    box = Box(path)
    for _ in range(5):
        box.feed_after(RETRY_S)
    assert box.told == [
        ("failing", f"{path}: No such file or directory\n  hint: `ls /dev/watchdog*` shows what this box has")
    ]
    assert not path.exists(), "it is never made: a file resets nothing"
    path.touch()
    box.feed_after(RETRY_S / 2)
    assert path.read_bytes() == b"", "not at every tick"
    box.feed_after(RETRY_S / 2)
    assert path.read_bytes() == b"\0"
    assert box.told[1:] == [("recovered", f"{path} is fed")]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EBUSY, "systemd (RuntimeWatchdogSec) or another program feeds it: leave it to one of them"),
        (errno.EACCES, "the agent's user must be able to write to it"),
    ],
)
def test_a_device_that_somebody_else_has_is_said_to_be_his(tmp_path, monkeypatch, number, words):
    def refuse(path, flags):
        raise OSError(number, os.strerror(number), path)

    monkeypatch.setattr(os, "open", refuse)
    box = Box(tmp_path / "watchdog")
    box.feed_after(0)
    box.feed_after(RETRY_S)
    assert box.told == [("failing", f"{tmp_path}/watchdog: {os.strerror(number)}\n  hint: {words}")]
    box.device.close()


def test_a_device_that_goes_away_is_reported_and_opened_anew(tmp_path):
    path = tmp_path / "watchdog"
    os.mkfifo(path)
    box = Box(path)
    box.feed_after(0)
    assert box.told[-1] == ("failing", f"{path}: No such device or address"), "nobody reads: it must not wait"
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    box.feed_after(RETRY_S)
    assert os.read(reader, 100) == b"\0"
    os.close(reader)
    box.feed_after(1)
    assert box.told[1:] == [("recovered", f"{path} is fed"), ("failing", f"{path}: Broken pipe")]
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    box.feed_after(RETRY_S)
    assert os.read(reader, 100) == b"\0"
    box.device.close()
    assert os.read(reader, 100) == b"V"
    os.close(reader)


@pytest.mark.needs("strace")
def test_the_kernel_is_asked_for_the_longest_timeout(tmp_path):
    """strace has the request's name from the kernel's own headers."""
    (tmp_path / "watchdog").touch()
    code = (
        "import sys; from hal.watchdog import WatchdogDevice; WatchdogDevice(sys.argv[1], lambda: 0.0).feed()"
    )
    words = ["strace", "-e", "trace=ioctl", "-o", str(tmp_path / "calls"), sys.executable, "-c", code]
    done = subprocess.run([*words, str(tmp_path / "watchdog")], cwd=ROOT, capture_output=True, check=False)
    if b"PTRACE" in done.stderr or b"ptrace" in done.stderr:
        pytest.skip("this machine lets nobody trace a process")
    assert done.returncode == 0, done.stderr
    asked = re.findall(r"WDIOC_SETTIMEOUT, \[(\d+)\]\) += -1 ENOTTY", (tmp_path / "calls").read_text())
    assert [int(seconds) for seconds in asked] == list(TIMEOUTS_S)
