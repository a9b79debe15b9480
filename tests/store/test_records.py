"""The device records survive a full disk and a kill between any two steps of a write."""

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from store.errors import StoreError
from store.records import KINDS, Disk, Kind, Records, read_only

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
    assert records.put("instruments", "pid-1", {"model": "RAEGuard 3", "firmware": "1.2"})
    assert records.put("instruments", "pid-1", {"firmware": "1.3", "units": ("ppm", "μg/m3")})
    assert records.put("instruments", "pid-2", {})
    due = [
        {"id": "pid-1", "model": "RAEGuard 3", "firmware": "1.3", "units": ["ppm", "μg/m3"]},
        {"id": "pid-2"},
    ]
    assert records.all("instruments") == opened(file).all("instruments") == due
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(file.parent) == ["records.json"]


def test_what_is_known_is_not_written_again(file: Path) -> None:
    disk = CountingDisk()
    records = opened(file, disk)
    assert records.put("instruments", "pid-1", {"range": (0, 50), "firmware": "1.2"})
    assert disk.steps == len(STEPS)
    assert not records.put("instruments", "pid-1", {"range": (0, 50)})
    assert disk.steps == len(STEPS)


def test_what_is_no_json_is_refused(file: Path) -> None:
    with pytest.raises(TypeError):
        opened(file).put("instruments", "pid-1", {"range": {1, 2}})
    assert opened(file).all("instruments") == []


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=lambda n: STEPS[n - 1].replace(" ", "-"))
def test_failure_of_a_step_is_said_and_costs_nothing_old(file: Path, step: int) -> None:
    opened(file).put("instruments", "pid-1", {"firmware": "1.2"})
    disk = CountingDisk(fail_at=step)
    records = opened(file, disk)
    with pytest.raises(StoreError) as caught:
        records.put("instruments", "pid-2", {})
    assert str(caught.value) == (
        f"{file}: writing: No space left on device\n"
        "  hint: check the space on the disk and the folder's owner"
    )
    assert os.listdir(file.parent) == ["records.json"]
    assert records.all("instruments")[0] == {"id": "pid-1", "firmware": "1.2"}
    records.put("instruments", "pid-2", {"firmware": "2"})
    assert [record["id"] for record in opened(file).all("instruments")] == ["pid-1", "pid-2"]


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
Records(Path(sys.argv[1]), lambda: 0, disk).put("instruments", "pid-1", {"firmware": "new"})
"""


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=lambda n: STEPS[n - 1].replace(" ", "-"))
def test_kill_before_a_step_leaves_the_old_or_the_new(
    file: Path, child: Callable[..., subprocess.Popen[bytes]], step: int
) -> None:
    opened(file).put("instruments", "pid-1", {"firmware": "old"})
    with child(KILLED, file, step) as process:
        assert process.wait() == 9
    records = opened(file)
    assert records.set_aside == []
    assert records.all("instruments") == [{"id": "pid-1", "firmware": "new" if step > 4 else "old"}]
    assert records.put("instruments", "pid-1", {"firmware": "newest"}), "what the dead left is no hindrance"
    assert os.listdir(file.parent) == ["records.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"instruments": {"1"',
        b"\xff\x00",
        b"[]",
        b'{"instruments": {"1": 5}}',
        b'{"a": {"x": {"id": "b"}}}',
    ],
)
def test_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    records = opened(file)
    aside = file.with_name("records.json.damaged-20261124T015500Z")
    assert records.set_aside == [aside]
    assert aside.read_bytes() == content
    assert records.all("instruments") == []
    assert records.put("instruments", "pid-1", {})
    assert opened(file).set_aside == []


def test_unreadable_file_is_said(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StoreError, match="reading: Is a directory"):
        opened(file)


@pytest.mark.parametrize("spoil", ["missing", "unreadable"])
def test_a_lost_file_says_so(file: Path, spoil: str) -> None:
    assert opened(file).lost
    opened(file).put("instruments", "pid-1", {})
    assert not opened(file).lost
    file.unlink() if spoil == "missing" else file.write_text("{")
    assert opened(file).lost


def test_the_latest_of_one_id_and_of_all_are_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "calibrations", Kind(3, 5))
    records = opened(file)
    for number in range(7):
        assert records.put("calibrations", "pid-1", {"t": number})
    assert [row["t"] for row in records.all("calibrations")] == [4, 5, 6]
    for number in range(7, 11):
        assert records.put("calibrations", f"pid-{number}", {"t": number})
    assert [(row["id"], row["t"]) for row in records.all("calibrations")] == [
        ("pid-1", 6),
        *((f"pid-{number}", number) for number in range(7, 11)),
    ]
    assert opened(file).all("calibrations") == records.all("calibrations")


def test_a_record_that_is_there_is_not_put_twice(file: Path) -> None:
    records = opened(file)
    assert records.put("sign_offs", "pid-1", {"by": "Li", "t": 5})
    assert not records.put("sign_offs", "pid-1", {"by": "Li", "t": 5})
    assert records.put("sign_offs", "pid-1", {"by": "Li", "t": 6})
    assert len(records.all("sign_offs")) == 2


def test_a_kind_that_there_is_none_of(file: Path) -> None:
    for call in (lambda: opened(file).put("jokes", "a", {}), lambda: opened(file).all("jokes")):
        with pytest.raises(ValueError, match="record of kind 'jokes': there are instruments, identities, "):
            call()


def test_the_file_never_grows_beyond_its_bounds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every kind at its bound the file has a size that it does not leave."""
    for kind in list(KINDS):
        monkeypatch.setitem(KINDS, kind, Kind(min(KINDS[kind].per_id, 2), 8))
    records = opened(file)
    sizes = []
    for number in range(40):
        for kind in KINDS:
            records.put(kind, f"{number % 10:04}", {"t": 1_000_000 + number})
        sizes.append(file.stat().st_size)
    assert max(sizes[30:]) <= max(sizes[:30]) + 40, "numbers of TinyDB's own get a digit longer, no more"
    assert all(len(records.all(kind)) == 8 for kind in KINDS)


def test_others_read_it_without_the_agent(file: Path) -> None:
    assert read_only(file) == {}
    opened(file).put("instruments", "pid-1", {"driver": "x"})
    assert read_only(file) == {"instruments": [{"id": "pid-1", "driver": "x"}]}
    file.write_text("[]")
    with pytest.raises(StoreError, match="these are no records"):
        read_only(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match="reading: Is a directory"):
        read_only(file)
