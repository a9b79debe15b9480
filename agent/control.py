"""The control socket: the way in for local commands. A Unix socket for its group only.

One JSON object a line, both ways: {"v": 1, "op": "status"} is answered by
{"v": 1, "ok": true, "result": ...} or {"v": 1, "ok": false, "error": "..."}.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["VERSION", "ControlError", "ControlServer", "Operation", "ask", "socket_paths"]

VERSION = 1
LINE_BYTES = 65_536  # of one request; answers may be longer
IDLE_S = 60.0  # a client that neither asks nor reads for so long is let go
CLIENTS = 16
SYSTEM_DIR = Path("/run/fenceline")

Operation = Callable[[Mapping[str, Any]], Awaitable[Any]]


class ControlError(Exception):
    """The agent cannot be asked, or said no."""


def socket_paths(data_dir: Path, environ: Mapping[str, str] | None = None) -> list[Path]:
    """Where the socket of the agent with this data_dir may lie, the service's folder first.

    Named by a digest, so that it stays under the 108 bytes of a Unix socket's address.
    """
    environ = os.environ if environ is None else environ
    name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12] + ".sock"
    folders = []
    if environ.get("RUNTIME_DIRECTORY"):
        folders.append(Path(environ["RUNTIME_DIRECTORY"].split(":")[0]))
    if environ.get("XDG_RUNTIME_DIR"):
        folders.append(Path(environ["XDG_RUNTIME_DIR"]) / "fenceline")
    folders.append(Path(f"/tmp/fenceline-{os.getuid()}"))
    if SYSTEM_DIR not in folders:
        # A service's client does not know its environment; an agent by hand cannot write here.
        folders.append(SYSTEM_DIR)
    return [folder / name for folder in folders if len(os.fsencode(folder / name)) < 108]


class ControlServer:
    """Serves named operations until it is cancelled."""

    def __init__(
        self, paths: list[Path], operations: Mapping[str, Operation], idle_s: float = IDLE_S
    ) -> None:
        self.path: Path | None = None
        self.refused = 0  # messages that were no request
        self._paths, self._operations, self._idle_s = paths, operations, idle_s
        self._clients: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Raises OSError when no folder will have the socket."""
        server = await self._listen()
        assert self.path is not None
        try:
            await asyncio.Event().wait()
        finally:
            self.path.unlink(missing_ok=True)
            server.close()
            for client in self._clients:  # one that only sits there must not hold up a stop
                client.transport.abort()

    async def _listen(self) -> asyncio.AbstractServer:
        trouble: OSError | None = None
        for path in self._paths:
            try:
                _private_folder(path.parent)
                # A socket left behind is replaced: data_dir's lock says that no other agent owns it.
                before = os.umask(0o117)  # born rw-rw----: never open to others, not for an instant
                try:
                    server = await asyncio.start_unix_server(self._serve, path, limit=LINE_BYTES)
                finally:
                    os.umask(before)
            except OSError as error:
                trouble = error
            else:
                self.path = path
                return server
        raise trouble or OSError("no folder for the control socket")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            if len(self._clients) > CLIENTS:
                await _send(writer, _failure(f"busy with {CLIENTS} other clients"))
                return
            more = True
            while more:
                async with asyncio.timeout(self._idle_s):
                    more = await self._serve_one(reader, writer)
        except (ConnectionError, TimeoutError):
            writer.transport.abort()  # it is gone, or does not take what it asked for
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether another may follow."""
        try:
            line = await reader.readline()
        except ValueError:  # longer than the limit: what follows cannot be trusted
            self.refused += 1
            await _send(writer, _failure(f"a request has at most {LINE_BYTES} bytes"))
            return False
        if line:
            await _send(writer, await self._answer(line))
        return bool(line)

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError) as error:
            self.refused += 1
            return _failure(f"not JSON: {error}")
        if not isinstance(request, dict) or request.get("v") != VERSION:
            self.refused += 1
            return _failure(f'expected an object with "v": {VERSION}')
        operation = request.get("op")
        if not isinstance(operation, str) or operation not in self._operations:
            self.refused += 1
            return _failure(f"unknown operation {operation!r}: known are {', '.join(self._operations)}")
        try:
            return {"v": VERSION, "ok": True, "result": await self._operations[operation](request)}
        except (ValueError, LookupError) as error:
            return _failure(str(error))


def _failure(error: str) -> dict[str, Any]:
    return {"v": VERSION, "ok": False, "error": error}


async def _send(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    writer.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
    await writer.drain()


def _private_folder(folder: Path) -> None:
    """Make the folder, or make sure that it is ours: /tmp is everybody's. Raises OSError."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(f"{folder} belongs to somebody else or is writable by others")


def ask(paths: list[Path], operation: str, timeout_s: float = 5.0, **arguments: object) -> Any:
    """Ask the running agent one thing, from a command. Raises ControlError."""
    request = json.dumps({"v": VERSION, "op": operation, **arguments}).encode() + b"\n"
    forbidden = None
    for path in paths:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(timeout_s)
            try:
                link.connect(os.fspath(path))
                with contextlib.suppress(BrokenPipeError):  # it hung up; perhaps it said why
                    link.sendall(request)
                with link.makefile("rb") as stream:
                    line = stream.readline()
            except PermissionError:
                forbidden = path
                continue
            except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
                continue
            except OSError as error:
                raise ControlError(f"{path}: the agent does not answer ({error})") from error
        answer = json.loads(line) if line else {"ok": False, "error": "the agent closed the connection"}
        if not answer.get("ok"):
            raise ControlError(str(answer.get("error")))
        return answer["result"]
    if forbidden is not None:
        raise ControlError(f"{forbidden}: no permission\n  hint: join the group that owns it, or use sudo")
    raise ControlError("no agent is running with this configuration")
