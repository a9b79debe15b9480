"""The device records survive a full disk and a kill between any two steps of a write."""

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from store.errors import StoreError
from store.records import Disk, Records

UTC_MS = 1_795_485_300_000  # 2026-11-24T01:55:00Z
STEPS = ["open", "write", "fsync", "rename", "open folder", "fsync folder"]


class CountingDisk(Disk):
    """Counts the steps of a write; fails before the one of that number (0: never)."""

    def __init__(self, fail_at: int = 0) -> None:
        self.steps = 0
        self.fail_at = fail_at

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.fail_at:
            raise OSError(errno.ENOSPC, "No space left on device")

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        self.step()
        return super().open(path, flags, mode)

    def write(self, descriptor: int, data: bytes) -> int:
        self.step()
        return super().write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        self.step()
        super().fsync(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        self.step()
        super().rename(source, target)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.json"


def opened(file: Path, disk: Disk | None = None) -> Records:
    return Records(file, lambda: UTC_MS, disk)


def test_facts_are_added_and_kept(file: Path) -> None:
    records = opened(file)
    assert records.upsert_instrument("pid-1", {"model": "RAEGuard 3", "firmware": "1.2"})
    assert records.upsert_instrument("pid-1", {"firmware": "1.3", "units": ("ppm", "μg/m3")})
    assert records.upsert_instrument("pid-2", {})
    due = [
        {"id": "pid-1", "model": "RAEGuard 3", "firmware": "1.3", "units": ["ppm", "μg/m3"]},
        {"id": "pid-2"},
    ]
    assert records.instruments() == opened(file).instruments() == due
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(file.parent) == ["records.json"]


def test_what_is_known_is_not_written_again(file: Path) -> None:
    disk = CountingDisk()
    records = opened(file, disk)
    assert records.upsert_instrument("pid-1", {"range": (0, 50), "firmware": "1.2"})
    assert disk.steps == len(STEPS)
    assert not records.upsert_instrument("pid-1", {"range": (0, 50)})
    assert disk.steps == len(STEPS)


def test_what_is_no_json_is_refused(file: Path) -> None:
    with pytest.raises(TypeError):
        opened(file).upsert_instrument("pid-1", {"range": {1, 2}})
    assert opened(file).instruments() == []


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=lambda n: STEPS[n - 1].replace(" ", "-"))
def test_failure_of_a_step_is_said_and_costs_nothing_old(file: Path, step: int) -> None:
    opened(file).upsert_instrument("pid-1", {"firmware": "1.2"})
    disk = CountingDisk(fail_at=step)
    records = opened(file, disk)
    with pytest.raises(StoreError) as caught:
        records.upsert_instrument("pid-2", {})
    assert str(caught.value) == (
        f"{file}: writing: No space left on device\n"
        "  hint: check the space on the disk and the folder's owner"
    )
    assert os.listdir(file.parent) == ["records.json"]
    assert records.instruments()[0] == {"id": "pid-1", "firmware": "1.2"}
    records.upsert_instrument("pid-2", {"firmware": "2"})
    assert [record["id"] for record in opened(file).instruments()] == ["pid-1", "pid-2"]


KILLED = """
import os, sys
from pathlib import Path
from store.records import Disk, Records

left = int(sys.argv[2])

def dying(call):
    def step(*args):
        global left
        left -= 1
        if left == 0:
            os._exit(9)
        return call(*args)
    return step

disk = Disk()
for name in ("open", "write", "fsync", "rename"):
    setattr(disk, name, dying(getattr(disk, name)))
Records(Path(sys.argv[1]), lambda: 0, disk).upsert_instrument("pid-1", {"firmware": "new"})
"""


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=lambda n: STEPS[n - 1].replace(" ", "-"))
def test_kill_before_a_step_leaves_the_old_or_the_new(
    file: Path, child: Callable[..., subprocess.Popen[bytes]], step: int
) -> None:
    opened(file).upsert_instrument("pid-1", {"firmware": "old"})
    with child(KILLED, file, step) as process:
        assert process.wait() == 9
    records = opened(file)
    assert records.set_aside == []
    assert records.instruments() == [{"id": "pid-1", "firmware": "new" if step > 4 else "old"}]
    assert records.upsert_instrument("pid-1", {"firmware": "newest"}), "what the dead left is no hindrance"
    assert os.listdir(file.parent) == ["records.json"]


@pytest.mark.parametrize(
    "content", [b"", b'{"instruments": {"1"', b"\xff\x00", b"[]", b'{"instruments": {"1": 5}}']
)
def test_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    records = opened(file)
    aside = file.with_name("records.json.damaged-20261124T015500Z")
    assert records.set_aside == [aside]
    assert aside.read_bytes() == content
    assert records.instruments() == []
    assert records.upsert_instrument("pid-1", {})
    assert opened(file).set_aside == []


def test_unreadable_file_is_said(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StoreError, match="reading: Is a directory"):
        opened(file)


@pytest.mark.parametrize("spoil", ["missing", "unreadable"])
def test_a_lost_file_is_built_anew_from_what_the_journal_has(file: Path, spoil: str) -> None:
    records = opened(file)
    for name in ("pid-1", "pid-2"):
        records.upsert_instrument(name, {"driver": name, "settings": {"divisor": 10}})
    truth = records.instruments()
    file.unlink() if spoil == "missing" else file.write_text("{")
    again = Records(file, lambda: UTC_MS, truth=truth)
    assert again.instruments() == truth == opened(file).instruments()
    stale = [{"id": "pid-3"}]
    assert Records(file, lambda: UTC_MS, truth=stale).instruments() == truth, (
        "a file that is there is left as it is"
    )
