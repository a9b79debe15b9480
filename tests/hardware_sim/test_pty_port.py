import os
import termios
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware_sim.pty_port import PtyPort
from hardware_sim.tables import BenchError


@pytest.fixture
def port() -> Iterator[PtyPort]:
    made = PtyPort(19200, None, "line a")
    yield made
    made.close()


def test_raw_and_at_its_speed(port: PtyPort) -> None:
    assert port.baud() == 19200
    every = bytes(range(256))
    far = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    os.write(far, every)
    assert port.read() == every  # nothing echoed, translated or swallowed
    port.write(every)
    assert os.read(far, 300) == every
    os.close(far)


def test_sees_the_speed_that_the_master_sets(port: PtyPort) -> None:
    far = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    settings = termios.tcgetattr(far)
    settings[4] = settings[5] = termios.B4800
    termios.tcsetattr(far, termios.TCSANOW, settings)
    assert port.baud() == 4800
    os.close(far)


def test_survives_the_masters_hangup(port: PtyPort) -> None:
    for word in (b"one", b"two"):
        far = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(far)
        os.write(far, word)
        os.close(far)
        assert port.read() == word
        assert port.read() == b""  # EIO here if nobody held the far end


def test_a_master_that_does_not_read_loses_bytes_and_blocks_nobody(port: PtyPort) -> None:
    taken = [port.write(bytes(1024)) for _ in range(200)]
    assert taken[0] == 1024
    assert taken[-1] == 0


def test_link_comes_and_goes(tmp_path: Path) -> None:
    link = tmp_path / "run" / "a"
    port = PtyPort(9600, str(link), "line a")
    assert os.readlink(link) == port.path
    port.close()
    assert not link.is_symlink()


def test_a_stale_link_is_replaced_and_a_foreign_one_left(tmp_path: Path) -> None:
    link = tmp_path / "a"
    link.symlink_to("/dev/pts/gone")
    port = PtyPort(9600, str(link), "line a")
    assert os.readlink(link) == port.path
    link.unlink()
    link.symlink_to("/dev/null")
    port.close()
    assert os.readlink(link) == "/dev/null"


def test_an_occupied_path_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "a"
    link.write_text("a file of somebody's")
    with pytest.raises(BenchError) as caught:
        PtyPort(9600, str(link), "line a")
    assert str(caught.value) == f"line a: link: cannot create {link}: File exists\n  hint: name a free path"
    assert link.read_text() == "a file of somebody's"


def test_a_speed_that_no_port_has() -> None:
    with pytest.raises(BenchError, match=r"^line a: baud: a serial port has no speed 9601$"):
        PtyPort(9601, None, "line a")
