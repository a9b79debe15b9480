"""What the operating system counts of a disk, from files of the test's own."""

import os
from pathlib import Path

import pytest

from hal.disk import Disk

IO = "rchar: 9\nwchar: 8\nread_bytes: 4096\nwrite_bytes: 123456\ncancelled_write_bytes: 0\n"
STAT = "    8191   301 1045706   4820   109243   73461  5291330   60511  0  33140  65354  0  0  0  0  0  0\n"


def disk(tmp_path: Path, io: str | None = IO, stat: str | None = STAT) -> Disk:
    for name, text in (("proc/self/io", io), ("sys/dev/block/179:2/stat", stat)):
        if text is not None:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
    return Disk(tmp_path, tmp_path, lambda path: os.makedev(179, 2))


def test_the_counters(tmp_path: Path) -> None:
    assert disk(tmp_path).written_by_process() == 123_456
    assert disk(tmp_path).written_to_device() == 5_291_330 * 512


@pytest.mark.parametrize("text", [None, "", "write_bytes: many\n", "no colon here\n"])
def test_a_kernel_that_counts_nothing(tmp_path: Path, text: str | None) -> None:
    assert disk(tmp_path, io=text).written_by_process() is None


@pytest.mark.parametrize("text", [None, "", "1 2 3\n", "1 2 3 4 5 6 x\n"])
def test_a_disk_that_is_no_device(tmp_path: Path, text: str | None) -> None:
    assert disk(tmp_path, stat=text).written_to_device() is None


def test_the_real_ones(tmp_path: Path) -> None:
    here = Disk(tmp_path)
    before = here.written_by_process()
    assert before is not None
    with open(tmp_path / "x", "wb") as file:
        file.write(bytes(1 << 20))
        file.flush()
        os.fsync(file.fileno())
    after = here.written_by_process()
    assert after is not None
    if here.written_to_device() is not None:  # in memory, nothing is written
        assert after > before
    assert here.free_bytes() > 0


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Disk(tmp_path / "gone").free_bytes()
    assert Disk(tmp_path / "gone").written_to_device() is None
