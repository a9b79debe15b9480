"""A line over a TCP port: what is lost, what is said of it, and what brings it back."""

import asyncio
import itertools

from drivers.exchange import NoAnswer
from drivers.wire.modbus_rtu import ReadRegisters
from hal.errors import PortError
from hal.job import Timing
from hal.line import Line
from hal.tcp_port import TcpAddress, TcpPort
from hardware_sim.wire import run
from tests.hal.tcp_server import Server, free_port, until

ADDRESSES = range(1, 17)  # enough to be asked while the dead among them rest


def asks(request):
    return [(yield request)]


def on_a_line(use, silent_limit_s=0.2):
    """use(line, server, said) with a line to a server; said: what was reported."""

    async def main():
        said = []
        async with Server() as server:
            line = Line(
                "a",
                TcpPort(server.address, asyncio.get_running_loop()),
                Timing(115200, 10),
                report=lambda what, detail: said.append((what, detail)),
                silent_limit_s=silent_limit_s,
            )
            for address in ADDRESSES:
                line.attach(address, (), timeout_ms=30.0, retries=0)
            task = asyncio.create_task(line.run())
            try:
                await until(lambda: line.is_open)
                await use(line, server, said)
            finally:
                task.cancel()

    run(main())


async def poll(line, address=1):
    """A poll's value, or what went wrong."""
    try:
        return (await line.converse(address, asks(ReadRegisters(address, 3, 8, 1)))).result[0]
    except (NoAnswer, PortError) as failure:
        await asyncio.sleep(0.01)
        return failure


async def poll_until(line, condition):
    async with asyncio.timeout(10):
        for address in itertools.cycle(ADDRESSES):
            if condition(await poll(line, address)):
                return


def test_what_is_asked_while_the_first_connection_is_made_waits_for_it():
    """Else each start would begin with failed readings."""

    async def main():
        async with Server() as server:
            line = Line("a", TcpPort(server.address, asyncio.get_running_loop()), Timing(115200, 10))
            line.attach(1, (), timeout_ms=2000.0, retries=0)
            task = asyncio.create_task(line.run())
            await asyncio.sleep(0)  # it begins to connect
            assert not line.is_open
            value = await poll(line)
            task.cancel()
        return value

    assert run(main()) == (7,)


def test_what_is_asked_while_the_first_connection_fails_is_told_why():
    async def main():
        address = TcpAddress("tcp", "127.0.0.1", free_port())
        line = Line("a", TcpPort(address, asyncio.get_running_loop()), Timing(115200, 10))
        line.attach(1, (), timeout_ms=2000.0, retries=0)
        task = asyncio.create_task(line.run())
        await asyncio.sleep(0)
        failure = await poll(line)
        task.cancel()
        return str(failure)

    assert "but nothing listens on port" in run(main())


def test_a_server_that_goes_and_returns():
    async def use(line, server, said):
        assert await poll(line) == (7,)
        await server.__aexit__()
        await until(lambda: not line.is_open)
        assert isinstance(await poll(line), PortError)
        async with Server(server.port):
            await until(lambda: line.is_open)
            assert [what for what, _ in said] == ["port lost"], "an open connection proves nothing"
            assert await poll(line) == (7,)
            assert [what for what, _ in said] == ["port lost", "port open"]
            assert line.trouble == ""

    on_a_line(use)


def test_a_connection_that_leads_nowhere_is_opened_anew_and_said_once():
    async def use(line, server, said):
        assert await poll(line) == (7,)
        server.says = False  # the server keeps the connection and has lost its serial side
        await poll_until(line, lambda _: server.accepted == 4)
        assert [what for what, _ in said] == ["port lost"]
        assert said[0][1] == (
            f"port {server.address}: connected, but nothing has come over it for 0.2 s, whomever the line"
            " asked\n  hint: what lies behind it: power, serial settings, wiring; it is opened anew until"
            " something comes"
        )
        assert line.trouble == said[0][1]
        server.says = True
        await poll_until(line, lambda value: value == (7,))
        assert [what for what, _ in said] == ["port lost", "port open"]

    on_a_line(use)


def test_a_connection_that_is_closed_while_nothing_comes_is_closed_and_not_silent():
    async def use(line, server, said):
        await until(lambda: server.links)
        line._asked_in_vain, line._asked_since = (
            5,
            float("-inf"),
        )  # the limit is over, and nobody has looked yet
        server.links[0].close()
        await until(lambda: said)
        await until(lambda: server.accepted == 2)
        assert len(said) == 1
        assert "closed by the other side" in said[0][1]
        assert line.trouble == said[0][1]

    on_a_line(use, silent_limit_s=30.0)


def test_answers_keep_a_connection_and_so_does_having_nothing_to_ask():
    async def use(line, server, said):
        end = asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < end:
            assert await poll(line) == (7,)
        await asyncio.sleep(0.5)
        assert (server.accepted, said) == (1, [])

    on_a_line(use)


def test_a_server_that_takes_one_client_alone_is_not_besieged():
    """It accepts and closes at once: said once, and tried at growing pauses."""

    async def use(line, server, said):
        server.clients = 0
        server.links[0].close()
        await until(lambda: server.accepted == 4)
        began = asyncio.get_running_loop().time()
        await until(lambda: server.accepted == 5)
        assert asyncio.get_running_loop().time() - began >= 0.5
        assert [what for what, _ in said] == ["port lost"]
        assert "is another program connected to it?" in line.trouble

    on_a_line(use)
