"""The two watchdogs of a box: the service manager's, and the kernel's watchdog device.

Both are fed by whoever knows that all is well (agent.heartbeat). Feeding never blocks and never
raises: a watchdog that cannot be fed is reported, once until it can be fed again.
"""

import errno
import fcntl
import os
import socket
import struct
from collections.abc import Callable, Mapping, Sequence

__all__ = ["ServiceManager", "WatchdogDevice"]

Report = Callable[[str, str], None]  # ("failing" or "recovered", what a person should know)

WDIOC_SETTIMEOUT = 0xC0045706  # _IOWR('W', 6, int); source: linux/watchdog.h
TIMEOUTS_S = (60, 15)  # older kernels let a Raspberry Pi's device have 15 s at most
RETRY_S = 10.0
HINTS = {
    errno.ENOENT: "`ls /dev/watchdog*` shows what this box has",
    errno.EACCES: "the agent's user must be able to write to it",
    errno.EBUSY: "systemd (RuntimeWatchdogSec) or another program feeds it: leave it to one of them",
}


class ServiceManager:
    """What the service manager is told, over its datagram socket; nothing where there is none.

    environ: its NOTIFY_SOCKET, a path or `@` and an abstract name; WATCHDOG_USEC, the time in
    microseconds after which it kills a silent service; WATCHDOG_PID, whom that is meant for.
    Source: sd_notify(3), sd_watchdog_enabled(3).
    """

    def __init__(
        self, environ: Mapping[str, str], pid: int, report: Report = lambda state, detail: None
    ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._report = report
        self._failing = False
        usec = environ.get("WATCHDOG_USEC", "")
        wanted = usec.isdecimal() and environ.get("WATCHDOG_PID") in (None, str(pid))
        # Half of the time it waits; None where it does not wait for us.
        self.feed_every_s = int(usec) / 2_000_000 if self._address and wanted and int(usec) else None

    def feed(self) -> None:
        if self.feed_every_s is not None:
            self.say("WATCHDOG=1")

    def say(self, *assignments: str) -> bool:
        """Whether it was told: say("READY=1", "STATUS=polling"). True where there is nobody to tell."""
        if not self._address:
            return True
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
                link.setblocking(False)
                link.sendto("\n".join(assignments).encode(), address)
        except OSError as error:
            if not self._failing:
                self._failing = True
                self._report("failing", f"{self._address}: {error.strerror or error}")
            return False
        if self._failing:
            self._failing = False
            self._report("recovered", self._address)
        return True


class WatchdogDevice:
    """A device as /dev/watchdog: once opened, it resets the box unless it is fed or closed.

    monotonic: seconds, for the pauses between attempts to open it. timeouts_s: the times it may
    wait, the first one that it takes.
    Source: the kernel's Documentation/watchdog/watchdog-api.rst.
    """

    def __init__(
        self,
        path: str,
        monotonic: Callable[[], float],
        report: Report = lambda state, detail: None,
        timeouts_s: Sequence[int] = TIMEOUTS_S,
    ) -> None:
        self.path = path
        self._timeouts_s = timeouts_s
        self.timeout_s: int | None = None  # as the device took it; None: its own, which it does not tell
        self._monotonic, self._report = monotonic, report
        self._handle: int | None = None
        self._failing = False
        self._retry_at = float("-inf")

    def feed(self) -> None:
        """Open it if need be, at most every 10 s, and feed it."""
        if self._handle is None and self._monotonic() < self._retry_at:
            return
        try:
            if self._handle is None:
                self._handle = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
                self.timeout_s = _set_timeout(self._handle, self._timeouts_s)
            os.write(self._handle, b"\0")
        except OSError as error:
            self._fail(error)
            return
        if self._failing:
            self._failing = False
            self._report("recovered", f"{self.path} is fed")

    def close(self) -> None:
        """The magic close: after a `V` the device lets the box live on without us."""
        if self._handle is None:
            return
        try:
            os.write(self._handle, b"V")
        except OSError as error:
            self._report("failing", f"{self.path}: cannot be disarmed, the box may reset: {error.strerror}")
        os.close(self._handle)
        self._handle = None

    def _fail(self, error: OSError) -> None:
        if self._handle is not None:  # without a `V`: it stays armed, as it should
            os.close(self._handle)
            self._handle = None
        self._retry_at = self._monotonic() + RETRY_S
        if not self._failing:
            self._failing = True
            hint = HINTS.get(error.errno or 0)
            self._report("failing", f"{self.path}: {error.strerror}" + (f"\n  hint: {hint}" if hint else ""))


def _set_timeout(handle: int, timeouts_s: Sequence[int]) -> int | None:
    """The first time-out that the device takes, in seconds; None where it keeps its own."""
    for timeout_s in timeouts_s:
        try:
            answer = fcntl.ioctl(handle, WDIOC_SETTIMEOUT, struct.pack("i", timeout_s))
        except OSError:  # out of its range, or it has no such choice
            continue
        return int(struct.unpack("i", answer)[0])
    return None
