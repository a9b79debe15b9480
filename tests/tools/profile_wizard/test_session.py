"""The file appears whole or not at all, and takes nobody's place unasked."""

from pathlib import Path

import pytest

from tools.profile_wizard.session import save


def test_a_file_that_came_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("somebody's")
    with pytest.raises(FileExistsError):
        save(path, "mine", replace=False)
    assert path.read_text() == "somebody's"
    save(path, "mine", replace=True)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_takes_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        save(tmp_path / "none" / "mine.toml", "mine", replace=False)
