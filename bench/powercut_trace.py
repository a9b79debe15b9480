"""What a program did to the files of one folder, in order, as the kernel saw it: strace's record."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Call", "record"]

CALLS = (
    "openat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,rename,renameat,"
    "renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,symlink,sendfile,copy_file_range,sync_file_range,msync"
)
ROOT = Path(__file__).parent.parent
LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(.*)$")
STRING = re.compile(r'[<"]((?:\\x[0-9a-f]{2})*)[>"]')


class Call(NamedTuple):
    """op: open, write, truncate, fsync, rename, unlink. name: of a file, "" the folder itself.

    at: offset of a write, None where it is the file's own position; size of a truncate. data: what was
    written; of a rename, the new name. fresh: an open that made the file, or emptied it.
    """

    op: str
    name: str
    at: int | None = None
    data: bytes = b""
    descriptor: int = -1
    flags: str = ""


def record(folder: Path, module: str, arguments: Sequence[object]) -> list[Call]:
    """Run `python -m module folder arguments...` and return what it did in `folder`.

    Raises OSError where there is no strace, ValueError for a call that this record cannot tell.
    """
    log = folder.with_name(folder.name + ".strace")
    prefix = ("strace", "-f", "-qq", "-y", "-xx", "-s", "4000000", "-e", f"trace={CALLS}", "-o", str(log))
    program = (sys.executable, "-m", module, str(folder), *map(str, arguments))
    subprocess.run([*prefix, *program], check=True, cwd=ROOT)
    with log.open() as lines:
        calls = list(_calls(lines, folder))
    log.unlink()
    return calls


def _calls(lines: Iterator[str], folder: Path) -> Iterator[Call]:
    for line in lines:
        if "unfinished ..." in line or "resumed>" in line:
            if _text(folder) in line:
                raise ValueError(f"two threads at once: {line[:80]}")
            continue
        met = LINE.match(line)
        if met is None or int(met[3]) < 0:
            continue
        op, words, result, tail = met.groups()
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in STRING.findall(words + tail)]
        names = [_name(text, folder) for text in texts]
        descriptor = re.match(r"\d+", words)
        call = _call(op, words, names, texts, int(descriptor[0]) if descriptor else int(result))
        if call is not None:
            yield call


def _call(op: str, words: str, names: list[str | None], texts: list[bytes], descriptor: int) -> Call | None:
    """The call, None where it is about another folder."""
    numbers = re.findall(r", (\d+)", STRING.sub("", words))
    if op == "openat" and names[-1] is not None:
        return Call("open", names[-1], descriptor=descriptor, flags=words)
    if op in ("rename", "renameat", "renameat2"):
        old, new = [name for name in names if name is not None] if any(names) else (None, None)
        return Call("rename", old, data=new.encode()) if old and new else None
    if op in ("unlink", "unlinkat"):
        return Call("unlink", name) if (name := names[-1]) else None
    if not names or names[0] is None:
        return None
    if op == "write":
        return Call("write", names[0], None, texts[1], descriptor)
    if op == "pwrite64":
        return Call("write", names[0], int(numbers[-1]), texts[1], descriptor)
    if op == "ftruncate":
        return Call("truncate", names[0], int(numbers[-1]))
    if op in ("fsync", "fdatasync"):
        return Call("fsync", names[0])
    if op == "fallocate":  # space alone: the ballast's bytes mean nothing
        return None
    raise ValueError(f"{op} of {names[0]}: not told by this record")


def _name(text: bytes, folder: Path) -> str | None:
    path = text.decode(errors="replace")
    if path == str(folder):
        return ""
    return path[len(str(folder)) + 1 :] if path.startswith(f"{folder}/") else None


def _text(path: Path) -> str:
    return "".join(f"\\x{byte:02x}" for byte in str(path).encode())
