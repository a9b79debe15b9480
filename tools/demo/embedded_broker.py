"""`python -m tools.demo.embedded_broker WATCH_PORT PORT`: amqtt where no mosquitto is installed.

It keeps nothing for absent subscribers. So the subscriber's port opens first, and the publishers'
only when a line on standard input says that the subscriber is there.
"""

import asyncio
import logging
import signal
import sys

from amqtt.broker import Broker

__all__ = ["main"]


async def serve(watch_port: int, port: int) -> None:
    logging.basicConfig(level=logging.ERROR)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{watch_port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    await told.readline()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", watch_port)
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    server = await asyncio.start_server(relay, "127.0.0.1", port)
    await stop.wait()
    server.close()
    await broker.shutdown()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # either side may go first; the other is closed below
    finally:
        writer.close()


def main() -> None:
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
