"""`fenceline profile new` as a technician uses it: the real command on a real terminal, before an emulated
instrument whose display changes."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client.mixin import ModbusClientMixin

from agent.config.drivers import examine_profile

FLOAT32 = ModbusClientMixin.DATATYPE.FLOAT32
ZEROS = dict.fromkeys(range(20), 0)
ANSWERS = "123 ppm\na\nvoc\n\nAcme\n\n"
HOLDING = ("--table", "holding", "--registers", "0-19")


def float32(number: float, words: Any = "big") -> list[int]:
    return ModbusClientMixin.convert_to_registers(number, FLOAT32, word_order=words)


def written(path: Path) -> dict[str, Any]:
    """The profile, which `profile check` finds faultless."""
    driver, findings = examine_profile(path)
    assert findings == []
    assert driver is not None
    return tomllib.loads(path.read_text())


def test_a_float_with_its_low_word_first(instrument: Any, wizard: Any, tmp_path: Path, plain: Any) -> None:
    device = instrument(holding={**ZEROS, 4: 513, 5: 77})
    device.show("holding", 2, float32(12.34, "little"))
    desk = wizard(*HOLDING)
    assert "holding: can read 0-19\n" in desk.answer("display: ", "12.34 PPM")
    shown = desk.expect("display, or a")
    assert "holding 2-3  float32 CDAB  12.34\n" in shown
    device.show("holding", 2, float32(15.07, "little"))
    desk.answer("(? helps): ", "15.07")
    desk.answer("name, as in voc, pm25, temperature: ", "voc")
    desk.answer("another value: its number, or Enter for no more: ", "")
    desk.answer("vendor, as on the nameplate (Enter: leave out): ", "Acme")
    desk.answer("model (Enter: leave out): ", "9000 PID")
    desk.answer("file [acme-9000-pid.toml]: ", "")
    said = plain(desk.answer("write acme-9000-pid.toml? (Y/n): ", ""))
    assert "voc reads 15.07 ppm now" in said
    desk.expect('driver = "./acme-9000-pid.toml"\naddress = 3\n')
    assert desk.ended() == 0
    profile = written(tmp_path / "acme-9000-pid.toml")
    assert profile["channel"] == [
        {"name": "voc", "table": "holding", "register": 2, "type": "float32", "order": "CDAB", "unit": "ppm"}
    ]
    assert profile["profile"]["vendor"] == "Acme"
    assert profile["profile"].keys().isdisjoint({"confidence", "proven", "max_registers"}), "nothing claimed"
    assert "the display showed 12.34, then 15.07" in (tmp_path / "acme-9000-pid.toml").read_text()
    assert device.functions <= {3, 4, 43}, "nothing was ever written"


def test_tenths_in_the_input_table_beside_one_that_does_not_follow(
    instrument: Any, wizard: Any, tmp_path: Path
) -> None:
    """50 columns, all that can be asked is asked, and a second value that is taken as it is."""
    device = instrument(input={0: 1, 1: 217, 2: 1, 3: 217, 4: 1, 5: 900, 6: 1})
    desk = wizard("mine.toml", columns=50, place=[])
    desk.answer("port [", "ttyA")
    desk.answer("baud [9600]: ", "fast")
    desk.answer("baud [9600]: ", "115200")
    desk.answer("framing [8N1]: ", "")
    desk.answer("address, 1 to 247 [1]: ", "3")
    desk.answer("table: holding, input or both [both]: ", "")
    desk.answer("registers, from 0 [0-99]: ", "0-19")
    said = desk.answer("display: ", "21,7")
    assert "holding: nothing can be read\n" in said
    assert "input: can read 0-6\n  refused: 7-19\n" in said
    shown = desk.expect("(? helps): ")
    assert shown.startswith(
        "\n2 ways to read 21,7:\n a  input 1  uint16 / 10  21.7\n b  input 3  uint16 / 10  21.7\n"
    )
    device.show("input", 3, [225])
    desk.type("22.5")
    desk.answer("temperature: ", "Temp 1")
    desk.answer("name [temp_1]: ", "")
    desk.answer("(? lists them): ", "?")
    desk.answer("(? lists them): ", "degC")
    said = desk.answer("for no more: ", "900")
    assert said.startswith("uint16 would say the same so far; int16 is taken.\n")
    desk.answer("display, or a (? helps): ", "a")
    desk.answer("temperature: ", "temp_1")
    desk.answer("name: ", "hours")
    desk.answer("(? lists them): ", "hour")
    desk.answer("all the same? (y/N): ", "")
    desk.answer("(? lists them): ", "h")
    for question in (
        "for no more: ",
        "vendor, as on the nameplate (Enter: leave out): ",
        "model (Enter: leave out): ",
    ):
        desk.answer(question, "")
    said = desk.answer("write mine.toml? (Y/n): ", "y")
    assert "temp_1 reads 22.5 degC now\nhours reads 900 h now\n" in said
    assert desk.ended() == 0
    assert [tuple(row.values()) for row in written(tmp_path / "mine.toml")["channel"]] == [
        ("temp_1", "input", 3, "int16", 10, "degC"),
        ("hours", "input", 5, "uint16", "h"),
    ]
    lines = (desk.rest() + said + shown).splitlines()
    assert max(map(len, lines)) <= 50


def test_a_value_that_moved_on_while_it_was_typed(instrument: Any, wizard: Any) -> None:
    """It is read all the while: what he types, the display showed a moment ago."""
    device = instrument(holding={**ZEROS, 2: 8, 3: 4711, 4: 8})
    desk = wizard(*HOLDING)
    desk.expect("display: ")
    device.wait_read(2)
    device.show("holding", 3, [4716])
    device.wait_read(3)
    desk.type("4711")
    assert " a  holding 3  uint16  4716\n" in desk.expect("(? helps): ")


def test_an_instrument_with_holes(instrument: Any, wizard: Any) -> None:
    instrument(holding=dict.fromkeys([*range(5), *range(9, 20)], 7))
    desk = wizard("--table", "both", "--registers", "0-19,30")
    said = desk.expect("display: ")
    assert "holding: can read 0-4, 9-19\n  refused: 5-8, 30\n" in said
    assert "input: nothing can be read\n" in said


def test_nothing_matches_then_another_range_does(instrument: Any, wizard: Any) -> None:
    instrument(holding={**ZEROS, 100: 4711, 101: 3})
    desk = wizard(*HOLDING)
    desk.answer("display: ", "47,1,1")
    assert "is no number" in desk.answer("display: ", "47.11")
    said = desk.answer("display: ", "r")
    assert "Nothing that was read says 47.11.\n- Wait until the number stands still" in said
    desk.answer("both]: ", "holding")
    desk.answer("[0-99]: ", "100-101")
    desk.answer("display: ", "47.11")
    assert " a  holding 100  uint16 / 100  47.11\n" in desk.answer("(? helps): ", "50")
    said = desk.answer("display: ", "")
    assert "Nothing that said 47.11 says 50 now. From 50 alone:\nNothing that was read says 50.\n" in said
    desk.answer("display: ", "?")
    assert "n     none of these" in desk.expect("display: ")


def test_one_value_tells_the_order_of_another(instrument: Any, wizard: Any) -> None:
    """Tenths that fill two registers, the upper of them 0: which word comes first, the other value tells."""
    device = instrument(holding=ZEROS)
    device.show("holding", 4, [217, 0])
    device.show("holding", 10, [5678, 3])
    desk = wizard(*HOLDING)
    desk.answer("display: ", "21.7")
    said = desk.answer("(? helps): ", "o")
    assert "uint32 ABCD / 10" in said
    assert "uint32 CDAB / 10" in said
    desk.answer("the other value: ", "20228.6")
    desk.answer("(? helps): ", "a")
    desk.answer("temperature: ", "total")
    desk.answer("(? lists them): ", "m3")
    said = desk.expect("(? helps): ")
    assert "uint32 CDAB / 10" in said
    assert "ABCD" not in said


def test_nobody_at_the_address(instrument: Any, wizard: Any, plain: Any) -> None:
    instrument(holding=ZEROS)
    desk = wizard(
        "--timeout",
        "50ms",
        *HOLDING,
        place=["--port", "ttyA", "--baud", "115200", "--framing", "8N1", "--address", "9"],
    )
    said = plain(desk.expect("tries them all"))
    assert "fenceline profile new: address 9 at 115200 8N1 does not answer (no answer in " in said
    assert desk.ended() == 2


def test_a_port_that_another_process_holds(instrument: Any, wizard: Any, plain: Any) -> None:
    instrument(holding=ZEROS)
    holder = wizard(*HOLDING)
    holder.expect("display: ")
    desk = wizard(*HOLDING)
    said = plain(desk.expect("trace LINE"))
    assert f"fenceline profile new: port ttyA: in use by process {holder.pid} " in said
    assert "hint: stop the agent first" in said
    assert desk.ended() == 2


@pytest.mark.parametrize("kind", ["tcp", "rtu+tcp"])
def test_over_the_network(instrument: Any, command: list[str], tmp_path: Path, kind: str) -> None:
    """No speed is asked for: there is none, or it is the device server's own."""
    device = instrument(listen=f"{kind}://127.0.0.1:0", holding={**ZEROS, 3: 123})
    words = ["profile", "new", "--port", device.port, "--address", "3", *HOLDING]
    answers = ANSWERS + "mine\n\n"
    done = run([*command, *words], tmp_path, answers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "baud" not in done.stdout
    assert "voc reads 123 ppm now\n" in done.stdout
    assert device.functions == {3}


def test_somebody_talks_on_the_line(instrument: Any, wizard: Any, plain: Any) -> None:
    instrument(holding=ZEROS).babbles()
    desk = wizard(*HOLDING)
    assert desk.ended() == 2
    said = plain(desk.rest())
    assert "fenceline profile new: somebody talks on ttyA: " in said
    assert "--anyway asks all the same" in said


def test_one_that_falls_silent_and_returns(instrument: Any, wizard: Any, plain: Any) -> None:
    device = instrument(holding={**ZEROS, 3: 123})
    desk = wizard("--timeout", "50ms", *HOLDING)
    desk.expect("display: ")
    device.falls_silent()
    desk.type("123")
    said = plain(desk.expect("display: "))
    assert said.startswith("address 3 at 115200 8N1 does not answer (no answer in ")
    assert "Type the number again when it answers." in said
    device.returns()
    desk.type("123")
    desk.expect(" a  holding 3    uint16       123\n")


@pytest.mark.parametrize("question", ["registers, from 0 [0-99]: ", "display: ", "(Y/n): "])
def test_ctrl_c_writes_nothing(instrument: Any, wizard: Any, tmp_path: Path, question: str) -> None:
    instrument(holding={**ZEROS, 3: 123})
    before = set(tmp_path.iterdir())
    desk = wizard("mine.toml", "--table", "holding")
    steps = [
        ("registers, from 0 [0-99]: ", "0-9"),
        ("display: ", "123 ppm"),
        ("(? helps): ", "a"),
        ("temperature: ", "x"),
        ("no more: ", ""),
        ("out): ", ""),
        ("out): ", ""),
        ("(Y/n): ", ""),
    ]
    for asked, line in steps:
        if asked == question:
            desk.expect(asked)
            break
        desk.answer(asked, line)
    desk.interrupt()
    assert desk.ended() == 1
    assert desk.rest().endswith("^C\nno profile was written\n")
    assert set(tmp_path.iterdir()) == before


def piped(command: list[str], folder: Path, answers: str, *words: str) -> "subprocess.CompletedProcess[str]":
    at = ["--port", "ttyA", "--baud", "115200", "--framing", "8N1", "--address", "3", *HOLDING]
    return run([*command, "profile", "new", *words, *at], folder, answers)


def run(words: list[str], folder: Path, answers: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        cwd=folder,
        input=answers,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_answers_through_a_pipe_and_a_file_that_exists(
    instrument: Any, command: list[str], tmp_path: Path
) -> None:
    instrument(holding={**ZEROS, 3: 123})
    done = piped(command, tmp_path, ANSWERS + "mine\ny\n")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "display: 123 ppm\n" in done.stdout, "a pipe's answers can be read in the text"
    first = (tmp_path / "mine.toml").read_text()
    kept = piped(command, tmp_path, ANSWERS.replace("Acme", "Other") + "n\n", "mine.toml")
    assert kept.returncode == 1, "the answers end"
    assert "mine.toml exists. Replace it? (y/N): n\n" in kept.stdout
    assert kept.stderr.endswith("no profile was written\n")
    assert (tmp_path / "mine.toml").read_text() == first
    done = piped(command, tmp_path, ANSWERS.replace("Acme", "Other") + "y\n\n", "mine.toml")
    assert done.returncode == 0
    assert written(tmp_path / "mine.toml")["profile"]["vendor"] == "Other"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml", "ttyA"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--address", "300"), "--address '300' is not within 1..247"),
        (("--baud", "9600,19200"), "--baud: one, not 2"),
        (("--framing", "9X1"), "--framing '9X1'"),
        (("--table", "coil"), "--table 'coil' is none of holding, input, both"),
        (("--registers", "0-70000"), "--registers '0-70000' is not within 0..65535"),
        (("--registers", "0-5000"), "5001 are too many in one go, at most 1000"),
        (("--timeout", "5"), '--timeout 5: "5" is not a duration'),
        (("--port", "tcp://"), "tcp://"),
        ((), "port none: there is no such device"),
    ],
)
def test_wrong_usage_and_a_missing_port(fenceline: Any, words: tuple[str, ...], said: str) -> None:
    usual = ["--port", "none", "--baud", "9600", "--framing", "8N1", "--address", "1", *HOLDING]
    done = fenceline("profile", "new", *usual, *words)
    assert done.returncode == 2, done.stdout
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
