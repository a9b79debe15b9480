"""TCP ports against real sockets on this machine's loopback."""

import asyncio
import errno
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hal import tcp_port
from hal.errors import PortError
from hal.tcp_port import TcpAddress, TcpPort, tcp_address
from hardware_sim.wire import run
from tests.hal.tcp_server import Server, answer, free_port, until

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tcp://10.0.0.7:502", ("tcp", "10.0.0.7", 502)),
        ("rtu+tcp://moxa-3.plant:4001", ("rtu+tcp", "moxa-3.plant", 4001)),
        ("tcp://[fe80::1]:502", ("tcp", "fe80::1", 502)),
        ("/dev/ttyUSB0", None),
        ("tcp:10.0.0.7", None),
        ("udp://10.0.0.7:53700", ("udp", "10.0.0.7", 53700)),
        ("http://10.0.0.7:80", None),
    ],
)
def test_addresses(text, found):
    address = tcp_address(text)
    assert address == found
    assert address is None or str(address) == text


NO_ADDRESS = "its port is not within 1..65535, or its host is no name or address"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("tcp://10.0.0.7", "it names no port (Modbus TCP devices listen on 502)"),
        ("rtu+tcp://10.0.0.7", "it names no port"),
        ("tcp://10.0.0.7:0", NO_ADDRESS),
        ("tcp://10.0.0.7:65536", NO_ADDRESS),
        ("tcp://10.0.0.7:x", NO_ADDRESS),
        ("tcp://:502", NO_ADDRESS),
        ("tcp://a b:502", NO_ADDRESS),
        ("tcp://[::1:502", NO_ADDRESS),
        ("tcp://u@h:502", "only host and port belong into it"),
        ("tcp://h:502/x", "only host and port belong into it"),
    ],
)
def test_what_is_no_address(text, what):
    with pytest.raises(ValueError, match="^" + re.escape(what) + "$"):
        tcp_address(text)


def refusal(address, **changes):
    """What a person is told when this port cannot be opened."""

    async def main():
        port = TcpPort(address, asyncio.get_running_loop(), **changes)
        with pytest.raises(PortError) as caught:
            await port.open(lambda data: None, lambda error: None)
        return str(caught.value)

    return run(main())


def test_bytes_go_both_ways_at_once_and_the_kernel_watches_the_connection():
    async def main():
        heard = []
        async with Server() as server:
            port = TcpPort(server.address, asyncio.get_running_loop())
            await port.open(heard.append, pytest.fail)
            port.write(b"\x05ask")
            await until(lambda: heard)
            options = [
                port._link.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_NODELAY,
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                    socket.TCP_USER_TIMEOUT,
                )
            ]
            alive = port._link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            port.close()
            port.close()
        return server.heard, heard, alive, options

    assert run(main()) == (b"\x05ask", [answer(5)], 1, [1, 10, 5, 3, 10_000])


def test_refused():
    port = free_port()
    assert refusal(TcpAddress("tcp", "127.0.0.1", port)) == (
        f"port tcp://127.0.0.1:{port}: 127.0.0.1 is there, but nothing listens on port {port}\n"
        f"  hint: is Modbus TCP switched on in the device, and its port number {port}?"
    )
    assert "the TCP server mode of that serial port" in refusal(TcpAddress("rtu+tcp", "127.0.0.1", port))


def unresolved(code):
    def resolve(*_, **__):
        raise socket.gaierror(code, "no")

    return resolve


def test_an_unknown_name():
    address = TcpAddress("tcp", "moxa.invalid", 502)
    assert refusal(address, resolve=unresolved(socket.EAI_NONAME)) == (
        "port tcp://moxa.invalid:502: there is no host moxa.invalid\n"
        "  hint: check the name with `getent hosts moxa.invalid`; an IP address in its place needs none"
    )
    assert refusal(address, resolve=unresolved(socket.EAI_AGAIN)) == (
        "port tcp://moxa.invalid:502: the name moxa.invalid cannot be resolved now\n"
        "  hint: no name server answers; an IP address in its place needs none"
    )


def test_each_address_of_a_name_is_tried():
    """As of localhost, which is ::1 first on some machines, where nothing listens."""

    async def main():
        async with Server() as server:
            ports = [free_port(), server.port]

            def resolve(*_, **__):
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]

            port = TcpPort(TcpAddress("tcp", "two.invalid", 502), asyncio.get_running_loop(), resolve)
            await port.open(lambda data: None, lambda error: None)
            port.close()
            real = TcpPort(TcpAddress("tcp", "localhost", server.port), asyncio.get_running_loop())
            await real.open(lambda data: None, lambda error: None)
            real.close()

    run(main())


ENDS = """
import asyncio, threading
from hal import tcp_port
tcp_port.CONNECT_S = 0.1
hangs = lambda *_, **__: threading.Event().wait()

async def main():
    port = tcp_port.TcpPort(tcp_port.TcpAddress("tcp", "a.invalid", 502), asyncio.get_running_loop(), hangs)
    try:
        await port.open(None, None)
    except tcp_port.PortError as error:
        print(error)

asyncio.run(main())
"""


def test_a_process_does_not_wait_for_a_resolver_that_hangs():
    words = [sys.executable, "-c", ENDS]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
    assert "the name a.invalid cannot be resolved now" in done.stdout


def test_a_resolver_that_hangs_holds_nobody_up(monkeypatch):
    """Neither the loop, nor further tries, which wait for the same lookup, nor the agent's end."""
    monkeypatch.setattr(tcp_port, "CONNECT_S", 0.2)
    end, lookups = threading.Event(), []

    def resolve(*_, **__):
        lookups.append(1)
        end.wait(20)
        return socket.getaddrinfo("127.0.0.1", server_port[0], type=socket.SOCK_STREAM)

    server_port, turns = [], []

    async def turn():
        while True:
            turns.append(1)
            await asyncio.sleep(0.01)

    async def main():
        port = TcpPort(TcpAddress("tcp", "slow.invalid", 502), asyncio.get_running_loop(), resolve)
        turning = asyncio.create_task(turn())
        for _ in range(2):
            with pytest.raises(PortError, match="cannot be resolved now"):
                await port.open(lambda data: None, lambda error: None)
        assert len(lookups) == 1
        assert len(turns) > 10
        async with Server() as server:
            server_port.append(server.port)
            end.set()
            await port.open(lambda data: None, lambda error: None)
            port.close()
        turning.cancel()

    run(main())
    end.clear()
    began = time.monotonic()
    assert "cannot be resolved now" in refusal(TcpAddress("tcp", "slow.invalid", 502), resolve=resolve)
    assert time.monotonic() - began < 10, "the loop's end waited for the lookup"
    end.set()


def test_nobody_there(monkeypatch):
    """A listening socket whose queue is full drops what comes: as a host that is switched off."""
    monkeypatch.setattr(tcp_port, "CONNECT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for each in fillers:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        text = refusal(TcpAddress("tcp", "127.0.0.1", port))
        for each in fillers:
            each.close()
    assert text == (
        f"port tcp://127.0.0.1:{port}: no answer from 127.0.0.1 within 0.3 s\n"
        "  hint: its power, its address, a firewall between: does `ping 127.0.0.1` answer?"
    )


def test_no_way_there(monkeypatch):
    async def nowhere(self, *_):
        raise OSError(errno.EHOSTUNREACH, "No route to host")

    monkeypatch.setattr(TcpPort, "_connected", nowhere)  # no test may send to other hosts
    assert refusal(TcpAddress("tcp", "10.9.9.9", 502)) == (
        "port tcp://10.9.9.9:502: 10.9.9.9 cannot be reached: No route to host\n"
        "  hint: its power and cable, and this box's own network: `ip route get 10.9.9.9` shows the way"
    )


def loss(by):
    """What is said when by(server) ends an open connection."""

    async def main():
        lost = []
        async with Server() as server:
            port = TcpPort(server.address, asyncio.get_running_loop())
            await port.open(lambda data: None, lost.append)
            await until(lambda: server.links)
            await by(server, port)
            await until(lambda: lost)
            assert port._link is None
        assert lost[0].where == f"port {server.address}"
        return str(lost[0]).removeprefix(lost[0].where + ": "), len(lost)

    return run(main())


def test_closed_by_the_other_side():
    async def closes(server, port):
        server.links[0].close()

    assert loss(closes) == (
        "lost: closed by the other side\n"
        "  hint: many devices serve one client alone: is another program connected to it?",
        1,
    )


def test_reset_by_the_other_side():
    async def resets(server, port):
        server.links[0].transport.abort()

    assert "closed by the other side" in loss(resets)[0]


PULL_THE_PLUG = """
import asyncio, fcntl, socket, struct, sys
from hal import tcp_port
from hardware_sim.wire import run
from tests.hal.tcp_server import Server, answer, free_port, until

FASTER = {socket.TCP_KEEPIDLE: 1, socket.TCP_KEEPINTVL: 1, socket.TCP_USER_TIMEOUT: 1000}
tcp_port.KEEP_ALIVE = [(level, name, FASTER.get(name, value)) for level, name, value in tcp_port.KEEP_ALIVE]

def loopback(flags):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any:
        fcntl.ioctl(any, 0x8914, struct.pack("16sh22x", b"lo", flags))  # SIOCSIFFLAGS

async def main():
    loop = asyncio.get_running_loop()
    server = socket.create_server(("127.0.0.1", 0))
    port = tcp_port.TcpPort(tcp_port.TcpAddress("tcp", *server.getsockname()), loop)
    lost = loop.create_future()
    await port.open(lambda data: None, lost.set_result)
    loopback(0)
    if sys.argv[1] == "asked":
        port.write(b"question")
    print(await lost)

loopback(1)
run(main())
"""


@pytest.mark.parametrize("line", ["asked", "idle"])
def test_a_host_that_loses_its_power(line):
    """In a network of its own whose only interface goes down: nothing answers, and nothing refuses."""
    own_network = ["unshare", "--net"]
    if subprocess.run([*own_network, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not make a network namespace")
    words = [*own_network, sys.executable, "-c", PULL_THE_PLUG, line]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert (
        "lost: the other side has gone without a word\n  hint: its power, and the network" in done.stdout
    ), done


def test_a_peer_that_reads_nothing_is_a_lost_port():
    async def main():
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            address = TcpAddress("rtu+tcp", *deaf.getsockname())
            port = TcpPort(address, asyncio.get_running_loop())
            await port.open(lambda data: None, lambda error: None)
            try:
                for _ in range(1000):
                    port.write(bytes(100_000))
                what = "took all"
            except PortError as error:
                what = error.what
            port.close()
        return what

    assert run(main()).endswith("of 100000 bytes: the other side reads nothing")


def test_a_write_to_a_connection_that_was_reset():
    async def main():
        async with Server() as server:
            port = TcpPort(server.address, asyncio.get_running_loop())
            await port.open(lambda data: None, lambda error: None)
            port._link.shutdown(socket.SHUT_WR)
            with pytest.raises(PortError, match="cannot write: Broken pipe"):
                port.write(b"ask")
            port.close()

    run(main())
