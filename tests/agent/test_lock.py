"""One agent per data_dir, also across processes and after a SIGKILL."""

import os
import subprocess
import sys

import pytest

from agent.lock import Locked, lock_data_dir

HOLD = """
import sys
from pathlib import Path
from agent.lock import lock_data_dir
lock_data_dir(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdin=pipe, stdout=pipe)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_is_refused_by_pid(holder, tmp_path):
    with pytest.raises(Locked) as caught:
        lock_data_dir(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: another agent works here (process {holder.pid})\n"
        "  hint: stop it first, or use another data_dir"
    )


def test_a_killed_agent_leaves_no_lock_and_the_new_pid_stands_alone(holder, tmp_path):
    holder.kill()
    holder.wait()
    (tmp_path / "agent.lock").write_text("123456789012345\n")  # longer than any pid of ours
    handle = lock_data_dir(tmp_path)
    try:
        assert (tmp_path / "agent.lock").read_text() == f"{os.getpid()}\n"
        assert not os.get_inheritable(handle), "a restart in place must let it go"
    finally:
        os.close(handle)


def test_a_lock_without_a_readable_pid(tmp_path, holder):
    (tmp_path / "agent.lock").write_bytes(b"")
    with pytest.raises(Locked, match=r"process unknown"):
        lock_data_dir(tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        lock_data_dir(tmp_path / "none")
