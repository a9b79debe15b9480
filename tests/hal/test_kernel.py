"""What the kernel says of the machine."""

from pathlib import Path

from hal.kernel import kernel_text, machine_boot


def test_the_machines_boot(tmp_path: Path) -> None:
    assert len(machine_boot()) == 36
    assert machine_boot(tmp_path / "none") == ""


def test_what_cannot_be_read_is_empty(tmp_path: Path) -> None:
    (tmp_path / "serial").write_text("  1000 \n")
    assert (kernel_text(tmp_path / "serial"), kernel_text(tmp_path)) == ("1000", "")
