"""UDP ports against real sockets on this machine's loopback, and an emulated instrument behind one."""

import asyncio
import socket
from contextlib import closing

import pytest

from drivers import catalogue
from hal.errors import PortError
from hal.job import NETWORK_MARGIN_MS, Timing
from hal.line import Line
from hal.tcp_port import TcpAddress, TcpPort
from hal.udp_port import UdpPort, network_port
from hardware_sim.bench import Bench, BenchError
from hardware_sim.wire import run
from tests.hal.tcp_server import until

BENCH = {
    "line": [{"id": "fid", "listen": "udp://127.0.0.1:0"}],
    "instrument": [
        {
            "id": "apha",
            "line": "fid",
            "driver": "horiba-apha-370",
            "address": 2,
            "settings": {"unit": "ppm"},
            "values": {"ch4": 1.92, "nmhc": 0.35},
        }
    ],
}


def peer():
    """A socket that answers nothing by itself."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    listening.settimeout(5)
    return listening


class Clock:
    def utc_at(self, monotonic):
        return 0


def test_datagrams_go_both_ways_an_empty_one_ends_nothing_and_a_stranger_s_is_not_heard():
    async def main():
        heard, lost = [], []
        with closing(peer()) as other, closing(peer()) as stranger:
            host, number = other.getsockname()
            port = UdpPort(TcpAddress("udp", host, number), asyncio.get_running_loop())
            await port.open(heard.append, lost.append)
            port.write(b"")  # what a listening sends
            port.write(b"\x01ask\x03")
            data, asker = other.recvfrom(100)
            assert data == b"\x01ask\x03"
            stranger.sendto(b"mine", asker)
            other.sendto(b"", asker)
            other.sendto(b"\x01answer\x03", asker)
            await until(lambda: heard)
            assert (heard, lost) == ([b"\x01answer\x03"], [])
            port.close()
            port.close()

    run(main())


def test_a_host_on_which_nobody_listens_says_so():
    async def main():
        lost = []
        with closing(peer()) as gone:
            number = gone.getsockname()[1]
        port = UdpPort(TcpAddress("udp", "127.0.0.1", number), asyncio.get_running_loop())
        await port.open(lambda data: None, lost.append)
        port.write(b"ask")
        await until(lambda: lost)
        return number, str(lost[0])

    number, said = run(main())
    assert said == (
        f"port udp://127.0.0.1:{number}: 127.0.0.1 is there, but nothing listens on UDP port {number}\n"
        f"  hint: is the instrument's network port switched on, and its number {number}?"
    )


def test_a_name_that_there_is_not():
    async def main():
        port = UdpPort(TcpAddress("udp", "no-such-host.invalid", 53700), asyncio.get_running_loop())
        with pytest.raises(PortError, match="no-such-host"):
            await port.open(lambda data: None, lambda error: None)

    run(main())


def test_the_kind_chooses_the_port():
    async def main():
        loop = asyncio.get_running_loop()
        return [type(network_port(TcpAddress(kind, "h", 1), loop)) for kind in ("tcp", "rtu+tcp", "udp")]

    assert run(main()) == [TcpPort, TcpPort, UdpPort]


def test_an_analyser_is_measured_over_udp():
    async def main():
        bench = Bench(BENCH, Clock())
        await bench.start()
        host, _, number = bench.lines["fid"].path.removeprefix("udp://").rpartition(":")
        loop = asyncio.get_running_loop()
        port = UdpPort(TcpAddress("udp", host, int(number)), loop)
        line = Line("fid", port, Timing(9600, 10, NETWORK_MARGIN_MS))
        driver = catalogue.create("horiba-apha-370", 2, {"unit": "ppm"})
        line.attach(2, driver.questions(), timeout_ms=2000.0)
        task = asyncio.create_task(line.run())
        try:
            await until(lambda: line.is_open)
            answer = await line.converse(2, driver.measure())
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await bench.stop()
        return answer

    samples = run(main()).result
    # The emulated flame is still igniting; the values of both exchanges came through.
    assert [(sample.channel, sample.flag) for sample in samples] == [
        ("ch4", "F"),
        ("nmhc", "F"),
        ("thc", "F"),
    ]


def test_an_emulated_answer_is_one_datagram():
    async def main():
        bench = Bench(BENCH, Clock())
        await bench.start()
        host, _, number = bench.lines["fid"].path.removeprefix("udp://").rpartition(":")
        question = catalogue.create("horiba-apha-370", 2, {"unit": "ppm"}).questions()[1]
        heard = []
        port = UdpPort(TcpAddress("udp", host, int(number)), asyncio.get_running_loop())
        await port.open(heard.append, lambda error: None)
        port.write(question.encode())
        await until(lambda: heard)
        port.close()
        await bench.stop()
        return question.parse(heard[0])

    assert [concentration.value for concentration in run(main())] == [0.0, 0.0, 0.0]


def test_a_port_that_is_taken_cannot_be_listened_at():
    async def main():
        with closing(peer()) as taken:
            number = taken.getsockname()[1]
            line = {"id": "fid", "listen": f"udp://127.0.0.1:{number}"}
            with pytest.raises(BenchError, match="Address already in use"):
                await Bench({"line": [line]}, Clock()).start()

    run(main())
