"""The drivers and the line's core on real MicroPython, with vectors made here."""

import json
import os
import struct
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from drivers import catalogue
from drivers.wire import modbus_identity, modbus_pdu
from drivers.wire.bayern_hessen import framed
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from tests.micropython import head_cases, register_cases
from tests.micropython.board_cases import CASES, STARTS
from tools import board_bundle

ROOT = Path(__file__).parent.parent
HERE = ROOT / "tests" / "micropython"
PACKAGE = ROOT / "build" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"

READS = [  # vendors' frames: RAEGuard 3 p. 81, Boling dust page, QDJiaMing, a state word
    ([1, 3, 8, 2], "01030008000245C9", "01030400 0000D13A6F", [0, 209]),
    ([1, 3, 2, 2], "01030002000265CB", "01030400000042 7A02", [0, 66]),
    ([1, 4, 0x7E, 2], "0104007E000211D3", "01040442480000 6FEA", [0x4248, 0]),
    ([1, 3, 100, 3], "0103006400034414", "010306000100000000 1CB5", [1, 0, 0]),
]
# Function, arguments, request and answer of the Modbus specification's examples (6.1..6.21), value.
PDUS = [
    ("ReadBits", [1, 0x13, 19], "0100130013", "0103CD6B05", [b == "1" for b in "1011001111010110101"]),
    ("ReadBits", [2, 0, 3], "0200000003", "020106", [False, True, True]),
    ("ReadRegisters", [4, 8, 1], "0400080001", "0402000A", [10]),
    ("WriteCoil", [0xAC, True], "0500ACFF00", "0500ACFF00", [0xAC, 0xFF00]),
    ("WriteRegister", [1, 3], "0600010003", "0600010003", [1, 3]),
    ("WriteCoils", [19, [b == "1" for b in "1011001110"]], "0F0013000A02CD01", "0F0013000A", [19, 10]),
    ("WriteRegisters", [1, [10, 258]], "100001000204000A0102", "1000010002", [1, 2]),
    ("MaskWrite", [4, 0xF2, 0x25], "16000400F20025", "16000400F20025", [4, 0xF2, 0x25]),
    (
        "ReadWriteRegisters",
        [3, 6, 14, [255, 255, 255]],
        "1700030006000E00030600FF00FF00FF",
        "170C00FE0ACD00010003000D00FF",
        [0xFE, 0xACD, 1, 3, 13, 0xFF],
    ),
    ("ReadIdentity", [1, 2], "2B0E0102", "2B0E01010000010205" + b"V2.11".hex(), None),
]
CANNOT = [  # what MicroPython's struct would pack without a word
    ("WriteRegister", [1, 65536]),
    ("WriteRegisters", [1, [-1]]),
    ("MaskWrite", [1, 65536, 0]),
    ("ReadBits", [1, 0, 2001]),
]
HEAP_BYTES = 120_000  # what docs/micropython.md says that a detector head takes at most
SETTINGS = {
    "divisor": 10,
    "offset": 4.0,
    "type": "uint16",
    "unit": "ppm",
    "temperature_unit": "degC",
    "wind_divisor": 10,
}


def reply_to(question):
    pdu = question.pdu
    if pdu.function in (1, 2):  # bits, every other one set
        size = (pdu.count + 7) // 8
        return with_crc(bytes((question.address, pdu.function, size)) + b"\x55" * size)
    values = [(pdu.start * 31 + at * 7919) & 0x7FFF for at in range(pdu.count)]
    body = bytes((question.address, pdu.function, 2 * pdu.count))
    return with_crc(body + struct.pack(f">{pdu.count}H", *values))


def profile_vector(name):
    profile = catalogue.load_profile(name)
    settings = {**catalogue.sample_settings(profile.get("setting", ())), **SETTINGS}
    driver = catalogue.create(name, 9, settings)
    replies = [reply_to(question) for question in driver.questions()]
    talk = driver.measure()
    question = next(talk)
    try:
        for reply in replies:
            question = talk.send(question.parse(reply))
    except StopIteration as end:
        samples = end.value
    return {
        "name": name,
        "address": 9,
        "profile": board_bundle.for_a_board(profile),
        "settings": settings,
        "requests": [question.encode().hex() for question in driver.questions()],
        "replies": [reply.hex() for reply in replies],
        "samples": [[s.channel, s.value, s.unit, s.flag, list(s.conditions)] for s in samples],
    }


def on_micropython(script, *folders):
    """What a script prints on MicroPython that sees these folders; it must end well."""
    if not PACKAGE.is_dir():
        message = "MicroPython is not in build/: `make test` fetches it"
        assert os.environ.get("CI") != "true", message
        pytest.skip(message)
    done = subprocess.run(
        ["node", HERE / "run.mjs", PACKAGE, script, *folders],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """(folder, modules) of all that a board can be given, compiled."""
    folder = tmp_path_factory.mktemp("bundle")
    return folder, board_bundle.build(folder)


def sources(folder):
    typing = folder.with_name("typing.py")
    typing.write_text(board_bundle.TYPING)
    return [f"{typing}:typing.py", f"{ROOT / 'drivers'}:drivers", f"{ROOT / 'hal'}:hal"]


def compiled(folder):
    return [f"{folder / 'typing.mpy'}:typing.mpy", f"{folder / 'drivers'}:drivers", f"{folder / 'hal'}:hal"]


@pytest.mark.needs("node")
@pytest.mark.parametrize("form", [sources, compiled])
def test_drivers_and_line_core_on_micropython(tmp_path, bundle, form):
    vectors = {
        "reads": [
            {"question": question, "request": request, "reply": reply, "registers": registers}
            for question, request, reply, registers in READS
        ],
        "pdus": [list(row) for row in PDUS],
        "cannot": [list(row) for row in CANNOT],
        "profiles": [
            profile_vector(name) for name in catalogue.names() if catalogue.describe(name).kind == "profile"
        ],
        "thermo": {
            "settings": {"values": ["tsp"], "unit": "ug/m3", "measuring": 0},
            "reply": framed("MD01 014 +2578+01 00 00 0140000000").hex(),
        },
    }
    (tmp_path / "vectors.json").write_text(json.dumps(vectors))
    tests = [
        f"{ROOT / 'tests' / 'frames'}:tests/frames",
        f"{HERE / 'scripted.py'}:tests/micropython/scripted.py",
        f"{HERE / 'board_cases.py'}:tests/micropython/board_cases.py",
        f"{HERE / 'register_cases.py'}:tests/micropython/register_cases.py",
    ]
    said = on_micropython(HERE / "on_board.py", *form(bundle[0]), *tests, f"{tmp_path}:vectors")
    assert "MicroPython: " in said
    tables = [path for path in (ROOT / "tests" / "frames").glob("*.py") if path.stem != "row"]
    rows = sum(len(import_module(f"tests.frames.{path.stem}").FRAMES) for path in tables)
    assert f"{rows} rows in {len(tables)} tables of frames" in said
    assert f"{len(CASES) * len(STARTS)} cases of a board's line" in said
    assert f"{len(register_cases.CASES)} cases of registers" in said


@pytest.mark.needs("node")
def test_every_module_of_the_bundle_is_imported_on_micropython(tmp_path, bundle):
    folder, modules = bundle
    names = [module.name for module in modules]
    profiles = [name for name in names if name.startswith(f"{board_bundle.PROFILES}.")]
    script = tmp_path / "import_all.py"
    script.write_text(
        f"for name in {names}:\n    __import__(name)\nprint('imported', {len(names)})\n"
        f"import json, sys\nfor name in {profiles}:\n    print(json.dumps(sys.modules[name].PROFILE))\n"
    )
    first, *said = on_micropython(script, *compiled(folder)).splitlines()
    assert first == f"imported {len(names)}"
    made = {name: json.loads(profile) for name, profile in zip(profiles, said, strict=True)}
    for name in catalogue.names():
        if catalogue.describe(name).kind == "profile":
            profile = board_bundle.for_a_board(catalogue.load_profile(name))
            assert made.pop(board_bundle.profile_module(name)) == profile
    assert made == {}
    assert sorted(path.stem for path in folder.rglob("*.py")) == []


@pytest.mark.needs("node")
def test_the_detector_head_on_micropython(tmp_path):
    """With the files that its bundle puts on a board, and no others of ours."""
    board_bundle.build(tmp_path, ROOT / "examples" / "detector_head" / "main.py")
    said = on_micropython(
        HERE / "detector_head.py",
        *compiled(tmp_path),
        f"{tmp_path / 'main.py'}:main.py",
        f"{HERE / 'scripted.py'}:tests/micropython/scripted.py",
        f"{HERE / 'head_cases.py'}:tests/micropython/head_cases.py",
    )
    print(said)
    assert f"{len(head_cases.CASES) * len(head_cases.STARTS)} cases of the detector head" in said
    modules, running = (int(word) for word in said.splitlines()[0].split() if word.isdigit())
    assert modules + running < HEAP_BYTES


def test_the_vectors_are_as_cpython_sees_them():
    for question, request, reply, registers in READS:
        asked = ReadRegisters(*question)
        assert asked.encode() == bytes.fromhex(request)
        assert asked.parse(bytes.fromhex(reply)) == tuple(registers)


def test_the_pdus_are_as_cpython_sees_them():
    for name, arguments, request, answer, value in PDUS:
        asked = getattr(modbus_pdu, name, modbus_identity.ReadIdentity)(*arguments)
        assert asked.encode() == bytes.fromhex(request), name
        said = asked.parse(bytes.fromhex(answer))
        assert said == ((1, False, 0, ((2, b"V2.11"),)) if value is None else tuple(value)), name
    for name, arguments in CANNOT:
        with pytest.raises(ValueError, match=r"not within|carries"):
            getattr(modbus_pdu, name)(*arguments)
