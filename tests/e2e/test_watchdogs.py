"""What a service manager hears of the agent, and what a watchdog device is fed."""

import signal
import socket
import time

import pytest

pytestmark = pytest.mark.needs("mosquitto")

WATCHDOG_S = 2.0


class Manager:
    """The service manager's socket."""

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.link.bind(str(path))

    def next(self, within_s):
        """The next message, None where none comes in time."""
        self.link.settimeout(within_s)
        try:
            return self.link.recv(1024).decode()
        except TimeoutError:
            return None

    def drain(self):
        said = []
        self.link.setblocking(False)
        try:
            while True:
                said.append(self.link.recv(1024).decode())
        except BlockingIOError:
            return said

    def fed_for(self, times):
        """So many WATCHDOG=1 from now on, none of them too late: else the agent would be killed."""
        self.drain()
        for _ in range(times):
            began = time.monotonic()
            assert self.next(WATCHDOG_S) == "WATCHDOG=1", f"after {time.monotonic() - began:.1f} s"


@pytest.fixture
def manager(tmp_path):
    manager = Manager(tmp_path / "notify")
    yield manager
    manager.link.close()


def test_the_watchdogs_are_fed_whatever_fails_and_not_when_the_agent_hangs(station, manager, until):
    device = station.folder / "watchdog"
    device.touch()
    station.configure(station.instrument("pid", 3))
    text = station.config.read_text()
    station.config.write_text(text.replace("[station]\n", f'[station]\nwatchdog = "{device}"\n'))
    station.environ.update(
        NOTIFY_SOCKET=str(station.folder / "notify"), WATCHDOG_USEC=str(round(WATCHDOG_S * 1e6))
    )
    agent = station.start()
    said = until("it is ready", lambda: [text for text in manager.drain() if "READY=1" in text])
    assert said == ["READY=1\nSTATUS=polling, 1 instruments on 1 lines"]
    manager.fed_for(3)
    assert set(device.read_bytes()) == {0}

    station.stop_sim()  # the adapter is pulled
    until("the loss is seen", lambda: not station.status()["lines"][0]["open"])
    station.broker.send(signal.SIGSTOP)  # the broker takes nothing more
    manager.fed_for(3)
    station.broker.stop(signal.SIGKILL)  # and then it is gone
    until("that is seen", lambda: not station.mqtt()["connected"])
    manager.fed_for(3)

    agent.send_signal(signal.SIGSTOP)
    manager.drain()
    fed = device.stat().st_size
    assert manager.next(2 * WATCHDOG_S) is None
    assert device.stat().st_size == fed
    agent.send_signal(signal.SIGCONT)
    manager.fed_for(2)
    assert "stuck" not in station.log("agent")

    agent.terminate()
    assert agent.wait(15) == 0, station.log("agent")
    assert "STOPPING=1\nSTATUS=stopping" in manager.drain()
    assert device.read_bytes().strip(b"\0") == b"V"
    assert device.read_bytes().endswith(b"\0V")
