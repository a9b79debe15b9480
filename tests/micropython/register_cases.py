"""What stands in registers, by hand: for tests/drivers/test_register_values.py and for MicroPython."""

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.profile import faults
from drivers.register_values import counted, decode, encoded, said_by, words_of
from drivers.registers import RegisterDriver

NUMBERS = (  # type, order, registers, number
    ("bcd16", "ABCD", (0x1234,), 1234),
    ("bcd16", "BADC", (0x3412,), 1234),
    ("bcd16", "ABCD", (0x0007,), 7),
    ("bcd32", "ABCD", (0x1234, 0x5678), 12345678),
    ("bcd32", "CDAB", (0x5678, 0x1234), 12345678),
    ("bcd32", "BADC", (0x3412, 0x7856), 12345678),
    ("bcd32", "DCBA", (0x7856, 0x3412), 12345678),
    ("bcd64", "ABCD", (0x0012, 0x3456, 0x7890, 0x1234), 12345678901234),
    ("bcd64", "CDAB", (0x1234, 0x7890, 0x3456, 0x0012), 12345678901234),
    ("uint16", "BADC", (0x0100,), 1),
    ("int32", "CDAB", (0xFFFE, 0xFFFF), -2),
    ("float32", "DCBA", (0x0000, 0x4842), 50.0),
    ("text_number", "ABCD", (0x3132, 0x2E33, 0x3400), 12.34),
    ("text_number", "BADC", (0x3231, 0x332E, 0x0034), 12.34),
    ("text_number", "ABCD", (0x2020, 0x2D37), -7),
    ("text_number", "ABCD", (0x2B2E, 0x3520), 0.5),
)
NO_DIGITS = (
    ("bcd16", (0x12A4,)),
    ("bcd32", (0x1234, 0xF678)),
    ("bcd64", (0, 0, 0, 0xFFFF)),
    ("text_number", (0, 0)),  # nothing
    ("text_number", (0x2D00, 0)),  # -
    ("text_number", (0x312E, 0x322E)),  # 1.2.
    ("text_number", (0x3165, 0x3200)),  # 1e2: a damaged digit is no exponent
    ("text_number", (0x3120, 0x3200)),  # 1 2
    ("text_number", (0x6E61, 0x6E00)),  # nan
    ("text_number", (0x3107, 0x3200)),  # 1, a damaged character, 2: no point
)
DOES_NOT_FIT = (
    ("bcd16", 10000),
    ("bcd16", -1),
    ("bcd16", 0.5),
    ("bcd32", 100000000),
    ("uint16", 65536),
    ("float32", 1e39),
)
CLOCK = ["YYYY", "MMDD", "hhmm", "ss"]
TEXTS = (  # row, registers, what is shown
    ({"type": "string"}, (0x4142, 0x4331), "ABC1"),
    ({"type": "string", "order": "BADC"}, (0x4241, 0x3143), "ABC1"),
    ({"type": "string"}, (0x4142, 0x4300, 0x5858), "ABC"),
    ({"type": "string"}, (0x2041, 0x2020), "A"),
    ({"type": "string"}, (0x0000, 0x4142), ""),
    ({"type": "string"}, (0x4107, 0xFF42), "A..B"),
    # JuGuang CEMS-2000D, the answer in its site driver: i13027 is 2020-12-09 09:09
    ({"type": "bcd_time", "layout": CLOCK}, (0x2020, 0x1209, 0x0909, 0), "2020-12-09 09:09:00"),
    ({"type": "bcd_time", "layout": CLOCK[:3]}, (0x2020, 0x1209, 0x0909), "2020-12-09 09:09"),
    ({"type": "bcd_time", "layout": CLOCK[:2]}, (0x2020, 0x1209), "2020-12-09"),
    (
        {"type": "bcd_time", "layout": ["YYMM", "DDhh", "mmss"]},
        (0x2012, 0x0909, 0x0930),
        "2020-12-09 09:09:30",
    ),
    ({"type": "bcd_time", "layout": CLOCK[:2], "order": "BADC"}, (0x2020, 0x0912), "2020-12-09"),
    (
        {"type": "binary_time", "layout": ["DD", "MM", "YYYY", "hh", "mm", "ss"]},
        (9, 12, 2020, 9, 9, 30),
        "2020-12-09 09:09:30",
    ),
    (
        {"type": "binary_time", "layout": ["YYMM", "DDhh", "mmss"]},
        (0x140C, 0x0909, 0x091E),
        "2020-12-09 09:09:30",
    ),
    ({"type": "bcd_time", "layout": CLOCK}, (0x2020, 0x1309, 0x0909, 0), "no time: 2020 1309 0909 0000"),
    ({"type": "bcd_time", "layout": CLOCK}, (0x2020, 0x120A, 0x0909, 0), "no time: 2020 120A 0909 0000"),
    ({"type": "bcd_time", "layout": CLOCK}, (0x2020, 0x1209, 0x2409, 0), "no time: 2020 1209 2409 0000"),
    ({"type": "binary_time", "layout": CLOCK[:2]}, (2020, 0x0C20), "no time: 07E4 0C20"),
)
NO_TIMES = (
    (2020, 13, 9, 9, 9, 0),
    (2020, 12, 32, 9, 9, 0),
    (2020, 12, 9, 24, 0, 0),
    (2020, 12, 9, 9, 60, 0),
    (12020, 12, 9, 9, 9, 0),
    (2020, 12, 9, 9, 9),
    1607504940,
)
FIELDS = (  # type, mask, sign, register, number
    ("uint16", 0x1FFF, 0x8000, 0x0123, 0x123),  # RKI M2: bit 15 sign, 14 and 13 decimals, 12 to 0 the value
    ("uint16", 0x1FFF, 0x8000, 0xE123, -0x123),
    ("uint16", 0x1FFF, 0x8000, 0x8000, 0),
    ("int16", 0xFFF0, None, 0xFFF0, -1),
    ("int16", 0xFFF0, None, 0x7FF7, 0x7FF),
    ("int16", 0x00FF, None, 0x1280, -128),
    ("uint16", 0xFF00, None, 0x8012, 0x80),
    ("uint32", 0x00FFFF00, 0x80000000, 0x80012345, -0x123),
)


def same(got, due):
    assert got == due, (got, due)


def failing(call, *arguments):
    """The text of the ValueError that this raises."""
    try:
        call(*arguments)
    except ValueError as error:
        return str(error)
    raise AssertionError("%s was taken" % (arguments,))


def finish(talk, answers):
    """(what a conversation returns, the registers it asked for): exceptions are thrown in."""
    asked = []
    try:
        request = next(talk)
        for answer in answers:
            asked.append(getattr(request.pdu, "start", "write"))
            request = talk.throw(answer) if isinstance(answer, Exception) else talk.send(answer)
    except StopIteration as end:
        return end.value, asked
    raise AssertionError("it asks more")


def numbers():
    for type_name, order, words, number in NUMBERS:
        same(decode(words, type_name, order), number)
        if type_name == "text_number":
            continue
        same(encoded(number, type_name, order), words)
    for type_name, words in NO_DIGITS:
        number = decode(words, type_name, "ABCD")
        assert not abs(number) >= 0, (type_name, words)
    for type_name, number in DOES_NOT_FIT:
        assert "does not fit" in failing(encoded, number, type_name, "ABCD")


def texts_and_times():
    for row, words, text in TEXTS:
        same(said_by(row, words), text)
    for row, words, text in TEXTS:
        if row["type"] == "string" or text[:2] == "no":
            continue
        found = [int(part) for part in text.replace("-", " ").replace(":", " ").split()]
        same(words_of(row, tuple(found + [0] * (6 - len(found)))), words)
    for moment in NO_TIMES:
        failing(words_of, {"type": "bcd_time", "layout": CLOCK}, moment)
    failing(words_of, {"type": "bcd_time", "layout": ["YYMM", "DD"]}, (1999, 12, 9, 9, 9, 0))


def fields():
    for type_name, mask, sign, word, number in FIELDS:
        row = {"type": type_name, "mask": mask}
        if sign is not None:
            row["sign"] = sign
        below_zero = type_name[:3] == "int" and word > 0x7FFF
        same(counted(word - 0x10000 if below_zero else word, row), number)


SLOW = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [
        {"name": "gas", "table": "holding", "register": 0, "type": "uint16", "unit": "ppm"},
        {"name": "life", "table": "holding", "register": 90, "type": "bcd16", "unit": "h", "every": 4},
    ],
    "status": [
        {
            "name": "state",
            "table": "holding",
            "register": 50,
            "type": "uint16",
            "every": 2,
            "values": [{"is": 0, "flag": "N"}, {"is": 1, "flag": "C"}],
        }
    ],
}


def poll_groups():
    """Fast values, slow status: what is asked at each poll, and what stands."""
    same(list(faults(SLOW)), [])
    driver = RegisterDriver(1, SLOW, {})
    same(driver.cadence, (1, 2, 4))
    for answers, asked, said in (
        (((7,), (1,), (0x1234,)), [0, 50, 90], [("gas", 7.0, "C"), ("life", 1234.0, "C")]),
        (((8,),), [0], [("gas", 8.0, "C")]),  # the last state stands
        (((9,), (0,)), [0, 50], [("gas", 9.0, "N")]),
        (((9,),), [0], [("gas", 9.0, "N")]),
        (((9,), (1,), (0x0001,)), [0, 50, 90], [("gas", 9.0, "C"), ("life", 1.0, "C")]),
        (((9,),), [0], [("gas", 9.0, "C")]),
        # refused: asked again at once, and nothing old stands
        (((9,), Refused(6)), [0, 50], [("gas", 9.0, "D")]),
        (((9,), (0,)), [0, 50], [("gas", 9.0, "N")]),
        (((9,), (0,), (0x0002,)), [0, 50, 90], [("gas", 9.0, "N"), ("life", 2.0, "N")]),
        # damaged behind the first answer: all anew
        (((9,),), [0], [("gas", 9.0, "N")]),
        (((9,), WireError("CRC", 1, 2)), [0, 50], [("gas", 9.0, "B")]),
        (((9,), (1,), (0x000A,)), [0, 50, 90], [("gas", 9.0, "C"), ("life", None, "C")]),
    ):
        samples, questions = finish(driver.measure(), answers)
        same(questions, asked)
        same([(sample.channel, sample.value, sample.flag) for sample in samples], said)
    # Silence, as of a power failure: all anew.
    silent = driver.measure()
    next(silent)
    try:
        silent.throw(NoAnswer(300))
    except NoAnswer:
        pass
    same(finish(driver.measure(), [(1,), (1,), (3,)])[1], [0, 50, 90])
    # One that nobody carries to its end.
    broken = driver.measure()
    next(broken)
    broken.close()
    same(finish(driver.measure(), [(1,), (1,), (3,)])[1], [0, 50, 90])


COMMANDS = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "setting": [{"name": "gas", "type": "integer", "help": "number of the gas in the instrument's list"}],
    "channel": [SLOW["channel"][0]],
    "status": SLOW["status"],
    "command": [
        {
            "name": "span",
            "table": "holding",
            "register": 48,
            "values": ["$gas", {"type": "float32", "order": "CDAB"}],
        },
        {
            "name": "set_time",
            "table": "holding",
            "register": 64,
            "values": [{"type": "bcd_time", "layout": CLOCK}, 1],
        },
        {"name": "start", "table": "holding", "register": 1, "values": [1, {"type": "int32", "value": -2}]},
        {"name": "stop", "table": "holding", "register": 1, "type": "bcd32", "value": 12345678},
    ],
}
WRITES = (  # name, what the caller says, function 16 or 6 without address and CRC
    ("span", 12.5, "10 0030 0003 06 0003 0000 4148"),
    ("set_time", (2020, 12, 9, 9, 9, 30), "10 0040 0005 0A 2020 1209 0909 0030 0001"),
    ("start", None, "10 0001 0003 06 0001 FFFF FFFE"),
    ("stop", None, "10 0001 0002 04 1234 5678"),
)


def commands():
    """Several registers in one write; after it, nothing that was read before stands."""
    same(list(faults(COMMANDS)), [])
    driver = RegisterDriver(1, COMMANDS, {"gas": 3})
    same(finish(driver.measure(), [(1,), (0,)])[1], [0, 50])
    same(finish(driver.measure(), [(1,)])[1], [0])
    for name, value, due in WRITES:
        request = next(RegisterDriver(1, COMMANDS, {"gas": 3}).command(name, value))
        same(request.encode()[1:-2], bytes.fromhex(due.replace(" ", "")))
        assert not request.repeatable
    assert "needs a value" in failing(driver.command, "set_time")
    assert "is no time" in failing(driver.command, "set_time", 12)
    assert "is no number" in failing(driver.command, "span", (1, 2))
    same(finish(driver.measure(), [(1,), (0,)])[1], [0, 50])
    same(finish(driver.command("start"), [(1, 3)])[1], ["write"])
    same(finish(driver.measure(), [(1,), (1,)])[1], [0, 50])


CASES = (numbers, texts_and_times, fields, poll_groups, commands)
