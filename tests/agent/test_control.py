"""The control socket, served in this process over a real Unix socket."""

import asyncio
import json
import os
import stat
from contextlib import asynccontextmanager

import pytest

from agent.control import CLIENTS, LINE_BYTES, ControlError, ControlServer, ask, socket_paths


async def echo(request):
    return {"said": request.get("word")}


async def fails(request):
    raise ValueError("the word is wrong")


async def long(request):
    return "x" * 1_000_000


OPERATIONS = {"echo": echo, "fails": fails, "long": long}


@asynccontextmanager
async def serving(path, **options):
    server = ControlServer([path], OPERATIONS, **options)
    task = asyncio.create_task(server.run())
    await until(lambda: server.path)
    try:
        yield server
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=5)


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - sockets fulfil it
            await asyncio.sleep(0.002)


async def talk(path, sent):
    """Everything that comes back until the server closes, or a line has come."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(sent)
    try:
        async with asyncio.timeout(5):
            return json.loads(await reader.readline() or "null")
    finally:
        writer.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "agent.sock"


def asked(path, operation, **arguments):
    return asyncio.to_thread(ask, [path], operation, **arguments)


def test_an_operation_and_its_answer(path):
    async def main():
        async with serving(path):
            assert await asked(path, "echo", word="hello") == {"said": "hello"}
            assert await asked(path, "long") == "x" * 1_000_000
            with pytest.raises(ControlError, match=r"^the word is wrong$"):
                await asked(path, "fails")

    asyncio.run(main())


def test_several_requests_on_one_connection(path):
    async def main():
        async with serving(path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b'{"v": 1, "op": "echo", "word": 1}\n{"v": 1, "op": "fails"}\n')
            writer.write(b'{"v": 1, "op": "echo", "word": 2}\n')
            answers = [json.loads(await reader.readline()) for _ in range(3)]
            writer.close()
        assert [answer["ok"] for answer in answers] == [True, False, True]
        assert answers[2] == {"v": 1, "ok": True, "result": {"said": 2}}

    asyncio.run(main())


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"{nonsense\n", "not JSON"),
        (b"\xff\xfe\xfd\n", "not JSON"),
        (b"[" * 60_000 + b"\n", "not JSON"),
        (b"[]\n", 'expected an object with "v": 1'),
        (b'{"op": "echo"}\n', 'expected an object with "v": 1'),
        (b'{"v": 2, "op": "echo"}\n', 'expected an object with "v": 1'),
        (b'{"v": 1, "op": "reboot"}\n', "unknown operation 'reboot': known are echo, fails, long"),
        (b'{"v": 1, "op": ["echo"]}\n', "unknown operation ['echo']"),
        (b"x" * (LINE_BYTES * 3) + b"\n", f"at most {LINE_BYTES} bytes"),
    ],
)
def test_what_is_no_request_is_refused_in_words_and_counted(path, sent, said):
    async def main():
        async with serving(path) as server:
            answer = await talk(path, sent)
            assert (answer["v"], answer["ok"]) == (1, False)
            assert said in answer["error"]
            assert server.refused == 1
            assert await asked(path, "echo", word="still there") == {"said": "still there"}

    asyncio.run(main())


def test_only_its_owner_and_group_may_reach_it(path):
    async def main():
        before = os.umask(0)  # the widest there is
        try:
            async with serving(path):
                return stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)
        finally:
            os.umask(before)

    assert asyncio.run(main()) == (0o660, 0o750)
    assert not path.exists(), "it goes with its server"


def test_a_folder_open_to_others_is_not_used(tmp_path):
    wide = tmp_path / "wide"
    wide.mkdir()
    wide.chmod(0o777)

    async def main():
        with pytest.raises(PermissionError, match="belongs to somebody else or is writable by others"):
            await asyncio.wait_for(ControlServer([wide / "agent.sock"], OPERATIONS).run(), 5)
        server = ControlServer([wide / "agent.sock", tmp_path / "mine" / "agent.sock"], OPERATIONS)
        task = asyncio.create_task(server.run())
        await until(lambda: server.path)
        task.cancel()
        return server.path

    assert asyncio.run(main()) == tmp_path / "mine" / "agent.sock"


def test_a_socket_left_behind_by_a_killed_agent_is_replaced(path):
    async def main():
        async with serving(path):
            os.link(path, path.with_suffix(".old"))
        os.rename(path.with_suffix(".old"), path)
        with pytest.raises(ControlError, match="no agent is running with this configuration"):
            await asked(path, "echo")
        async with serving(path):
            assert await asked(path, "echo", word=1) == {"said": 1}

    asyncio.run(main())


def test_too_many_clients_are_turned_away_and_the_others_served(path):
    async def main():
        async with serving(path) as server:
            idle = [await asyncio.open_unix_connection(path) for _ in range(CLIENTS)]
            await until(lambda: len(server._clients) == CLIENTS)
            with pytest.raises(ControlError, match=f"busy with {CLIENTS} other clients"):
                await asked(path, "echo")
            idle[0][1].write(b'{"v": 1, "op": "echo", "word": 1}\n')
            assert json.loads(await idle[0][0].readline())["ok"]
            idle[1][1].close()
            await until(lambda: len(server._clients) < CLIENTS)
            assert await asked(path, "echo", word=2) == {"said": 2}
            for _, writer in idle:
                writer.close()

    asyncio.run(main())


@pytest.mark.parametrize("sent", [b"", b'{"v": 1, "op": "long"}\n' * 20], ids=["silent", "never reads"])
def test_a_client_that_neither_asks_nor_reads_is_let_go(path, sent):
    async def main():
        async with serving(path, idle_s=0.2) as server:
            _, writer = await asyncio.open_unix_connection(path, limit=1024)
            writer.write(sent)
            await until(lambda: server._clients)
            await until(lambda: not server._clients)
            writer.close()

    asyncio.run(main())


def test_a_stop_waits_for_nobody(path):
    async def main():
        loop = asyncio.get_running_loop()
        async with serving(path) as server:
            reader, writer = await asyncio.open_unix_connection(path)
            await until(lambda: server._clients)
            began = loop.time()
        assert loop.time() - began < 1
        assert await asyncio.wait_for(reader.read(), 5) == b"", "and the client is told"
        writer.close()

    asyncio.run(main())


def test_nobody_answers(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "none", tmp_path / "file" / "below"):
        with pytest.raises(ControlError, match="no agent is running with this configuration"):
            ask([path], "status")


def test_an_agent_that_hangs(path):
    async def main():
        path.parent.mkdir()
        server = await asyncio.start_unix_server(lambda reader, writer: asyncio.sleep(60), path)
        async with server:
            with pytest.raises(ControlError, match=r"agent\.sock: the agent does not answer"):
                await asyncio.to_thread(ask, [path], "status", 0.2)

    asyncio.run(main())


def test_where_the_socket_lies(tmp_path):
    paths = socket_paths(
        tmp_path, {"RUNTIME_DIRECTORY": "/run/fenceline:/run/other", "XDG_RUNTIME_DIR": "/run/user/7"}
    )
    folders = [str(path.parent) for path in paths]
    assert folders == ["/run/fenceline", "/run/user/7/fenceline", f"/tmp/fenceline-{os.getuid()}"]
    assert len({path.name for path in paths}) == 1
    by_hand = socket_paths(tmp_path, {})
    assert [str(path.parent) for path in by_hand] == [f"/tmp/fenceline-{os.getuid()}", "/run/fenceline"]
    assert by_hand[0].name == paths[0].name
    assert socket_paths(tmp_path / "other", {})[0].name != paths[0].name
    far = {"XDG_RUNTIME_DIR": "/" + "x" * 100}
    assert all(len(os.fsencode(path)) < 108 for path in socket_paths(tmp_path, far))
    (tmp_path / "link").symlink_to(tmp_path)
    assert socket_paths(tmp_path / "link", {}) == by_hand, "the same folder by another name"
