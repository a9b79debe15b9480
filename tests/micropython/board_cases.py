"""The board's line and its other side in virtual time. Runs on CPython and on MicroPython alike."""

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.registers import RegisterDriver
from drivers.wire.ak import AkRequest
from drivers.wire.ak_slave import AkSlave
from drivers.wire.modbus_pdu import WriteRegister, WriteRegisters
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest
from drivers.wire.modbus_slave import Registers, RtuSlave
from hal.board_line import EPOCH_MS, BoardLine
from hal.board_slave import BoardSlave
from hal.job import Timing
from hal.stopwatch import Stopwatch
from tests.micropython.scripted import PERIOD, ScriptedPin, ScriptedUart, World

__all__ = ["CASES", "poll", "slave"]

BAUD = 9600
SILENCE_US = 3645  # 3.5 characters of 10 bits at 9600
STARTS = (0, 12 * PERIOD - 40000)  # plain, and with ticks that wrap in the middle of the case
PROFILE = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [
        {"name": "voc", "table": "holding", "register": 8, "type": "float32", "unit": "ppm"},
        {"name": "dust", "table": "holding", "register": 40, "type": "uint16", "unit": "ug/m3"},
    ],
}


def slave(address, voc, dust):
    """An instrument of PROFILE."""
    table = Registers(50)
    table.put_float(8, voc)
    table.put(40, [dust])
    return RtuSlave(address, table, table)


def poll(line, addresses, rounds, idle=None, timeout_ms=100):
    """[(address, {channel: (value, flag)} or the failure's class)] of that many rounds."""
    drivers = [RegisterDriver(address, PROFILE, {}) for address in addresses]
    for driver in drivers:
        line.attach(driver.address, driver.questions(), timeout_ms, retries=0)
    found = []
    for _ in range(rounds):
        for driver in drivers:
            try:
                samples = line.converse(driver.address, driver.measure(), idle)
            except (NoAnswer, WireError, Refused) as failure:
                found.append((driver.address, type(failure).__name__))
            else:
                found.append((driver.address, [(s.channel, s.value, s.flag) for s in samples]))
    return found


def rig(start_us, device, **settings):
    world = World(start_us)
    uart = ScriptedUart(world, BAUD, device)
    return world, uart, BoardLine(uart, Timing(BAUD, 10), world.ticks, **settings)


def check_silence(uart, starts):
    """starts: (when a frame of ours began, when what was heard before it had ended)."""
    for begun, heard in starts:
        assert begun - heard >= SILENCE_US, (begun, heard)


def case_two_instruments_are_read(start_us):
    slaves = {1: slave(1, 12.5, 88), 2: slave(2, 0.25, 7)}
    ends = []

    def device(question):
        ends.append((uart.sent[-1][0], uart.came_us))
        return [(2000, slaves[question[0]].answer(question))]

    _, uart, line = rig(start_us, device)
    found = poll(line, (1, 2), 3)
    assert found == 3 * [
        (1, [("voc", 12.5, "N"), ("dust", 88, "N")]),
        (2, [("voc", 0.25, "N"), ("dust", 7, "N")]),
    ], found
    assert len(uart.sent) == 12
    check_silence(uart, ends[1:])


def case_a_late_answer_is_not_the_next_ones(start_us):
    """Both questions have answers of one form; the first answers 150 ms late."""
    one, other = ReadRegisters(1, 3, 8, 1), ReadRegisters(1, 3, 9, 1)
    table = Registers(20)
    table.put(8, [11, 22])
    modbus = RtuSlave(1, table, table)

    def device(question):
        return [(150000 if len(uart.sent) == 1 else 2000, modbus.answer(question))]

    _, uart, line = rig(start_us, device)
    line.attach(1, (one,), timeout_ms=100, retries=0)

    def asks(request):
        return [(yield request)]

    try:
        line.converse(1, asks(one))
        raise AssertionError("it was late")
    except NoAnswer:
        pass
    assert line.converse(1, asks(other)) == [(22,)]
    assert line.addresses[1].late == 1
    assert [question for _, question in uart.sent] == [one.encode(), other.encode()]


def case_a_line_that_begins_anew_forgets_no_debt(start_us):
    """As above, and between the two the line's time has begun anew."""
    one, other = ReadRegisters(1, 3, 8, 1), ReadRegisters(1, 3, 9, 1)
    table = Registers(20)
    table.put(8, [11, 22])
    modbus = RtuSlave(1, table, table)

    def device(question):
        return [(150000 if len(uart.sent) == 2 else 2000, modbus.answer(question))]

    world, uart, line = rig(start_us, device)
    line.attach(1, (one, other), timeout_ms=100, retries=0)
    assert line.converse(1, iter_of(one)) == [(11,)]
    line.addresses[1].quiet_ms = 2500  # as a late frame leaves it
    world.sleep(EPOCH_MS * 1000 - 2200000)
    try:
        line.converse(1, iter_of(one))
        raise AssertionError("it was late")
    except NoAnswer:
        pass
    world.sleep(EPOCH_MS * 1000 - int(line._watch.now_ms() * 1000))
    core = line.core
    asked_us = world.now_us
    assert line.converse(1, iter_of(other)) == [(22,)]
    assert line.core is not core
    assert line._watch.now_ms() < 10000
    assert uart.sent[-1][0] - asked_us >= 2500000, "the quiet time was not kept"
    state = line.addresses[1]
    assert (state.asked, state.answered, state.silent) == (3, 2, 1)
    assert state.first_byte_ms is not None
    assert line.core.bytes_out == 24


def case_a_line_lives_for_hours(start_us):
    living = slave(1, 12.5, 88)
    world, uart, line = rig(start_us, lambda question: [(2000, living.answer(question))])
    driver = RegisterDriver(1, PROFILE, {})
    line.attach(1, driver.questions(), timeout_ms=100, retries=0)
    for _ in range(40):  # 6.7 hours, a poll in 10 minutes
        samples = line.converse(1, driver.measure())
        assert [(s.value, s.flag) for s in samples] == [(12.5, "N"), (88, "N")]
        assert line._watch.now_ms() < 2 * EPOCH_MS
        world.sleep(600000000)
    assert len(uart.sent) == 80


def case_news_are_handed_on(start_us):
    world, uart, line = rig(start_us, None)
    line.attach(1, (ReadRegisters(1, 3, 8, 1),), timeout_ms=100, retries=0)
    for _ in range(5):  # somebody else asks instrument 1
        uart.say(0, ReadRegisters(1, 3, 8, 1).encode())
        turns(world, line, 30000)
    assert line.news, "another master"
    assert len(line.news) <= 8
    assert line.core.news == []


def case_a_dead_instrument_backs_off(start_us):
    living = slave(1, 1.0, 1)

    def device(question):
        return [(2000, living.answer(question))] if question[0] == 1 else []

    _, uart, line = rig(start_us, device)
    found = poll(line, (1, 2), 5)
    assert [what for address, what in found if address == 2] == ["NoAnswer"] * 5
    assert [what for address, what in found if address == 1] == 5 * [[("voc", 1.0, "N"), ("dust", 1, "N")]], (
        found
    )
    asked = [question for _, question in uart.sent if question[0] == 2]
    assert len(asked) == 3, asked  # then it is dead, and no line time is spent on it at once


def case_a_write_is_never_sent_twice(start_us):
    _, uart, line = rig(start_us, None)
    line.attach(1, (), timeout_ms=100, retries=3)
    try:
        line.converse(1, iter_of(RtuRequest(1, WriteRegister(1, 3))))
        raise AssertionError("nobody answered")
    except NoAnswer:
        pass
    assert len(uart.sent) == 1


def iter_of(request):
    return [(yield request)]


def case_damage_is_named(start_us):
    def device(question):
        answer = bytearray(slave(1, 1.0, 1).answer(question))
        answer[4] ^= 1
        return [(2000, bytes(answer))]

    _, _, line = rig(start_us, device)
    assert poll(line, (1,), 1) == [(1, "WireError")]


def case_the_driver_pin_is_on_while_we_send(start_us):
    instrument = slave(1, 1.0, 1)
    world = World(start_us)
    uart = ScriptedUart(world, BAUD, lambda question: [(500, instrument.answer(question))])
    pin = ScriptedPin(world)
    line = BoardLine(uart, Timing(BAUD, 10), world.ticks, direction=pin)
    assert poll(line, (1,), 2)[1][1] == [("voc", 1.0, "N"), ("dust", 1, "N")]
    assert [level for _, level in pin.log] == [1, 0] * 4
    for at in range(4):
        on, off = pin.log[2 * at][0], pin.log[2 * at + 1][0]
        begun, question = uart.sent[at]
        assert on <= begun, (on, begun)
        assert off == begun + len(question) * uart.char_us, (off, begun)


def case_an_echo_is_taken_off(start_us):
    instrument = slave(1, 1.0, 1)
    world = World(start_us)
    uart = ScriptedUart(world, BAUD, lambda question: [(2000, instrument.answer(question))], echo=True)
    line = BoardLine(uart, Timing(BAUD, 10), world.ticks, echo=True)
    assert poll(line, (1,), 1) == [(1, [("voc", 1.0, "N"), ("dust", 1, "N")])]
    assert line.core.noise_bytes == 0


def served(start_us, echo=False, direction=None, stale_ms=200.0):
    world = World(start_us)
    uart = ScriptedUart(world, BAUD, echo=echo)
    modbus = slave(1, 12.5, 88)
    modbus.written = []
    modbus._write = lambda start, words: modbus.written.append((start, words))
    pin = ScriptedPin(world) if direction else None
    timing = Timing(BAUD, 10)
    board = BoardSlave(uart, timing, world.ticks, modbus.answer, direction=pin, echo=echo, stale_ms=stale_ms)
    return world, uart, modbus, board, pin


def turns(world, board, us):
    end = world.now_us + us
    while world.now_us < end:
        board.turn()
        world.ticks()


def case_a_slave_answers_after_the_silence(start_us):
    world, uart, _, board, pin = served(start_us, direction=True)
    question = ReadRegisters(1, 4, 8, 2)
    for _ in range(3):
        uart.say(0, question.encode())
        turns(world, board, 60000)
        begun, answer = uart.sent.pop()
        assert question.parse(answer) == (0x4148, 0)
        check_silence(uart, [(begun, uart.came_us)])
        assert begun - uart.came_us < SILENCE_US + 8 * world.look_us
        assert [level for _, level in pin.log] == [1, 0]
        assert pin.log.pop()[0] == begun + len(answer) * uart.char_us
        pin.log.pop()


def case_a_slave_keeps_out_of_its_neighbours_talk(start_us):
    world, uart, _, board, _ = served(start_us)
    neighbour = slave(2, 1.0, 1)
    for _ in range(3):
        foreign = ReadRegisters(2, 4, 8, 2).encode()
        uart.say(0, foreign)
        turns(world, board, 60000)
        uart.say(0, neighbour.answer(foreign))
        turns(world, board, 60000)
    assert uart.sent == []
    # Where the loop was too slow to see the silence, a reading is found all the same.
    uart.say(0, neighbour.answer(foreign) + ReadRegisters(1, 4, 8, 2).encode())
    turns(world, board, 60000)
    assert len(uart.sent) == 1


def case_a_slave_that_hears_itself_does_not_answer_itself(start_us):
    world, uart, modbus, board, _ = served(start_us, echo=True)
    write = RtuRequest(1, WriteRegister(8, 3))
    for count in range(1, 4):
        uart.say(0, write.encode())
        turns(world, board, 100000)
        assert len(uart.sent) == count
        assert len(modbus.written) == count
    assert uart.sent[0][1] == write.encode()


def case_a_question_that_waited_too_long_is_not_answered(start_us):
    world, uart, _, board, _ = served(start_us)
    question = ReadRegisters(1, 4, 8, 2).encode()
    turns(world, board, 10000)
    uart.say(0, question)
    world.sleep(500000)
    turns(world, board, 60000)
    assert (len(uart.sent), board.stale) == (0, 1)
    uart.say(0, question)
    turns(world, board, 10000)
    world.sleep(500000)  # it was heard, and the loop stood still before the silence was over
    turns(world, board, 60000)
    assert (len(uart.sent), board.stale) == (0, 2)
    world.sleep(5000000)  # nothing came: nothing is stale
    turns(world, board, 10000)
    uart.say(0, question)
    turns(world, board, 60000)
    assert (len(uart.sent), board.stale) == (1, 2)


def case_a_long_answer_is_no_standstill(start_us):
    """It is heard back, and takes 110 ms of the wire."""
    world, uart, _, board, _ = served(start_us, echo=True, direction=True, stale_ms=100)
    for count in range(1, 4):
        uart.say(0, ReadRegisters(1, 4, 0, 50).encode())
        turns(world, board, 200000)
        assert (len(uart.sent), board.stale) == (count, 0)


def asked(world, uart, board, question):
    """What the board's answer says to this question."""
    uart.say(0, question.encode())
    turns(world, board, 150000)
    _, answer = uart.sent.pop()
    try:
        return question.parse(answer)
    except Refused as refusal:
        return refusal.code


def case_a_head_is_written_to(start_us):
    world, uart, modbus, board, _ = served(start_us)
    assert asked(world, uart, board, RtuRequest(1, WriteRegister(3, 65535))) == (3, 65535)
    assert asked(world, uart, board, RtuRequest(1, WriteRegisters(7, [1, 2, 3]))) == (7, 3)
    assert modbus.written == [(3, (65535,)), (7, (1, 2, 3))]
    assert asked(world, uart, board, ReadRegisters(1, 4, 49, 2)) == 2  # illegal data address

    def refuses(start, words):
        raise Refused(3)

    def fails(start, words):
        raise RuntimeError("the head's own fault")

    for write, code in ((refuses, 3), (fails, 4), (None, 1)):
        modbus._write = write
        assert asked(world, uart, board, RtuRequest(1, WriteRegister(3, 1))) == code


def case_a_head_that_speaks_ak(start_us):
    world = World(start_us)
    uart = ScriptedUart(world, BAUD)
    head = AkSlave({"AKON": lambda channel, data: (channel, "%.1f" % 12.5)})
    board = BoardSlave(uart, Timing(BAUD, 10), world.ticks, head.answer)
    assert asked(world, uart, board, AkRequest("AKON", 2)) == (2, ("12.5",))
    assert asked(world, uart, board, AkRequest("AXYZ")) == "????"


def case_a_babbler_fills_no_memory(start_us):
    world, uart, _, board, _ = served(start_us)
    uart.say(0, bytes(600))
    turns(world, board, 500000)
    assert len(board._heard) == 256
    turns(world, board, 300000)
    uart.say(0, ReadRegisters(1, 4, 8, 2).encode())
    turns(world, board, 60000)
    assert len(uart.sent) == 1


def case_a_stopwatch_outlives_its_ticks(start_us):
    world = World(start_us, look_us=0)
    watch = Stopwatch(world.ticks)
    for count in range(1, 40):
        world.sleep(PERIOD - 1)
        assert watch.now_ms() == count * (PERIOD - 1) / 1000
    watch.restart()
    world.sleep(2500)
    assert watch.now_ms() == 2.5
    assert watch.lap_ms() == 2.5
    world.sleep(1500)
    assert watch.lap_ms() == 1.5
    seconds = Stopwatch(lambda: world.now_us // 1000 % PERIOD, per_ms=1)
    world.sleep(7000)
    assert seconds.now_ms() == 7


def case_a_command_is_one_write_and_its_state(start_us):
    status = {"name": "mode", "table": "holding", "register": 1, "type": "uint16"}
    status["values"] = [{"is": 8, "flag": "C", "condition": "zeroing"}]
    zero = {"name": "zero", "table": "holding", "register": 1, "type": "float32", "order": "CDAB"}
    profile = {"profile": PROFILE["profile"], "channel": PROFILE["channel"], "status": [status]}
    profile["command"] = [dict(zero, reads="mode", shows="zeroing")]
    driver = RegisterDriver(1, profile, {})
    talk = driver.command("zero", 12.5)
    write = next(talk)
    assert write.encode()[:11] == bytes.fromhex("0110000100020400004148"), write.encode()
    assert not write.repeatable
    assert talk.throw(NoAnswer(300)).repeatable
    try:
        talk.send((8,))
        raise AssertionError("it asks more")
    except StopIteration as end:
        outcome = tuple(end.value)
    assert outcome == ("seen", ("zeroing",)), outcome
    for value in (1e39, None):
        try:
            driver.command("zero", value)
            raise AssertionError("taken")
        except ValueError:
            pass


CASES = (
    case_a_command_is_one_write_and_its_state,
    case_two_instruments_are_read,
    case_a_late_answer_is_not_the_next_ones,
    case_a_line_that_begins_anew_forgets_no_debt,
    case_a_line_lives_for_hours,
    case_news_are_handed_on,
    case_a_dead_instrument_backs_off,
    case_a_write_is_never_sent_twice,
    case_damage_is_named,
    case_the_driver_pin_is_on_while_we_send,
    case_an_echo_is_taken_off,
    case_a_slave_answers_after_the_silence,
    case_a_slave_keeps_out_of_its_neighbours_talk,
    case_a_slave_that_hears_itself_does_not_answer_itself,
    case_a_question_that_waited_too_long_is_not_answered,
    case_a_long_answer_is_no_standstill,
    case_a_head_is_written_to,
    case_a_head_that_speaks_ak,
    case_a_babbler_fills_no_memory,
    case_a_stopwatch_outlives_its_ticks,
)
