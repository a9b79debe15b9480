"""Instruments that speak on their own, questions that need no answer: in virtual time, and one pty."""

import asyncio
import os
import pty

import pytest

from drivers.exchange import Listening, NoAnswer, Request, WireError
from hal.doubt import AddressState
from hal.line import Line
from hal.port import Framing
from hal.serial_port import SerialPort
from tests.hal.virtual_line import CHAR, TIMING, Clocked, asks


def checked(body):
    return body + bytes((sum(body) & 0xFF,))


def parse_frame(buf, kind):
    """`kind`, three bytes, their sum: enough of a protocol to be out of step with."""
    if buf and buf[0] != kind:
        raise WireError("header", kind, buf[0])
    if len(buf) < 5:
        return None
    if checked(bytes(buf[:4]))[4] != buf[4]:
        raise WireError("sum", checked(bytes(buf[:4]))[4], buf[4])
    return bytes(buf[1:4])


class Hear(Listening):
    longest = 5

    def __init__(self, kind=0x55, timeout_ms=None):
        self.kind, self.shape, self.timeout_ms = kind, kind, timeout_ms

    def length(self, buf):
        return 5

    def parse(self, buf):
        return parse_frame(buf, self.kind)


class Ask(Request):
    """Any question at this address; its answers begin with 0x77."""

    longest = 5
    shape = "ask"

    def __init__(self, text=b"?", **attributes):
        self.text = text
        for name, value in attributes.items():
            setattr(self, name, value)

    def encode(self):
        return self.text

    def length(self, buf):
        return 5

    def parse(self, buf):
        return parse_frame(buf, 0x77)


FRAME, LATER, OTHER_KIND = checked(b"\x55abc"), checked(b"\x55def"), checked(b"\x66ghi")
ANSWER = checked(b"\x77xyz")


class Bench(Clocked):
    address = 0

    def __init__(self, *questions, timeout_ms=1000.0, retries=1):
        super().__init__()
        self.state = AddressState(self.address, timeout_ms, retries)
        self.state.declare(questions or (Hear(),))
        self.core.attach(self.state, 0.0)


def test_listening_sends_nothing_and_gives_the_frame_with_the_time_of_its_last_byte():
    bench = Bench()
    job = bench.submit(Hear())
    bench.hear(FRAME[:2], at=400)
    bench.hear(FRAME[2:], at=403)
    assert job.result == [b"abc"]
    assert job.at == 403
    assert bench.sent == []
    assert bench.core.noise_bytes == 0
    assert (bench.state.asked, bench.state.answered, bench.state.late) == (1, 1, 0)
    assert bench.core.busy_ms < 10, "to wait takes nothing of the line"


def test_what_came_before_is_stale():
    bench = Bench()
    bench.hear(FRAME, at=100)
    job = bench.submit(Hear())
    assert not job.done
    bench.hear(LATER, at=1000)
    assert job.result == [b"def"]
    assert bench.core.noise_bytes == 0, "a frame of its stream is no noise, also where nobody listens"
    assert bench.state.late == 0


def test_a_frame_that_is_still_coming_in_is_not_stale():
    bench = Bench()
    bench.hear(FRAME[:3], at=100)
    job = bench.submit(Hear())
    bench.hear(FRAME[3:], at=102)
    assert job.result == [b"abc"]


def test_half_a_frame_whose_rest_never_came_is_stale():
    bench = Bench()
    bench.hear(FRAME[:3], at=100)
    bench.run(200)
    job = bench.submit(Hear())
    bench.hear(LATER[3:], at=300)  # would complete nothing that is true
    assert not job.done
    bench.hear(FRAME, at=900)
    assert job.result == [b"abc"]


def test_a_listener_that_comes_in_the_middle_of_a_frame_waits_for_the_next():
    bench = Bench()
    job = bench.submit(Hear())
    for at in range(12):  # tails, some with a byte that could begin a frame
        bench.hear(b"\x55c\x10", at=20 * (at + 1))
    bench.hear(FRAME, at=900)
    assert job.result == [b"abc"]


def test_it_fails_by_silence_which_is_no_question_and_no_debt():
    bench = Bench()
    job = bench.submit(Hear())
    bench.run(999)
    assert not job.done
    bench.run(1001)
    assert isinstance(job.error, NoAnswer)
    assert str(job.error) == "nothing heard in 1000 ms"
    assert bench.state.debts == []
    assert bench.state.silent == 1
    bench.run(5000)
    assert bench.state.asked == 1, "to listen on is no retry"


def test_its_own_time_comes_before_the_instruments():
    bench = Bench()
    job = bench.submit(Hear(timeout_ms=2500))
    bench.run(2499)
    assert not job.done
    bench.run(2501)
    assert str(job.error) == "nothing heard in 2500 ms"


def test_damage_is_named_once_its_time_is_over():
    bench = Bench()
    job = bench.submit(Hear())
    bench.hear(b"bc\x00", at=10)  # out of step: says nothing of the instrument
    bench.hear(FRAME[:4] + b"\x00", at=100)
    bench.run(999)
    assert not job.done
    bench.run(1001)
    assert isinstance(job.error, WireError)
    assert str(job.error) == "sum: expected 0x7B, got 0x00"


def test_bytes_of_another_speed_are_told_from_silence():
    bench = Bench()
    job = bench.submit(Hear())
    bench.hear(b"\x80\xf8\x78", at=100)
    bench.run(1001)
    assert str(job.error) == "answer: expected a whole frame, got 3 bytes"


def test_a_silent_stream_is_dead_but_always_listened_to_for_its_full_time():
    bench = Bench()
    bench.submit(Hear())
    bench.hear(FRAME, at=5)  # seen early once: that teaches nothing about the next interval
    for _ in range(5):
        began = bench.now
        job = bench.submit(Hear())
        bench.run(began + 1001)
        assert str(job.error) == "nothing heard in 1000 ms"
    assert bench.state.dead
    job = bench.submit(Hear())
    bench.hear(FRAME, at=bench.now + 950)
    assert job.result == [b"abc"]
    assert not bench.state.dead


def test_a_line_that_is_never_silent_can_be_listened_to():
    bench = Bench()
    for at in range(1, 400):
        bench.hear(FRAME if at % 2 else LATER, at=5 * at)  # back to back, at wire speed
    job = bench.submit(Hear())
    bench.hear(FRAME, at=bench.now + 2)
    assert job.result == [b"abc"]


def test_a_command_into_a_line_that_is_never_silent_is_refused_by_name_also_beside_a_listener():
    bench = Bench(Hear(), Ask())
    bench.hear(FRAME, at=1)
    asking = bench.submit(Ask())
    listening = bench.submit(Hear())
    while not asking.done and bench.now < 3000:
        bench.hear(FRAME, at=bench.now + 3)
    assert bench.sent == []
    assert str(asking.error) == "line: expected silence, got noise that does not stop"
    assert 1000 < bench.now < 1200
    bench.hear(LATER, at=bench.now + 3)
    assert listening.result in ([b"abc"], [b"def"])


def test_a_command_gets_its_turn_beside_somebody_who_listens_back_to_back():
    bench = Bench(Hear(), Ask())
    listening = bench.submit(Hear())
    asking = bench.submit(Ask())
    for at in range(1, 6):
        bench.hear(FRAME, at=100 * at)
        assert listening.result == [b"abc"]
        listening = bench.submit(Hear())  # at once, before the line is silent
        bench.run(100 * at + 20)
        if bench.sent:
            break
    assert [at for at, _ in bench.sent] == [pytest.approx(100 + 3.5 * CHAR)]
    bench.hear(ANSWER, at=bench.now + 20)
    assert asking.result == [b"xyz"]
    bench.hear(LATER, at=bench.now + 200)
    assert listening.result == [b"def"]


def test_a_command_waits_for_silence_also_behind_a_listener():
    bench = Bench()
    bench.hear(FRAME[:3], at=10)
    job = bench.submit(Ask())
    bench.hear(FRAME[3:], at=12)
    assert bench.sent == []
    bench.run(12 + 3.4 * CHAR)
    assert bench.sent == []
    bench.run(70)
    assert [data for _, data in bench.sent] == [b"?"]
    bench.hear(ANSWER, at=80)
    assert job.result == [b"xyz"]


def test_a_conversation_under_way_is_not_broken_into_by_a_listener():
    bench = Bench(Hear(), Ask())
    first = bench.submit(Ask(), Ask(b"!"))
    listening = bench.submit(Hear())
    bench.hear(ANSWER, at=10)
    bench.hear(FRAME, at=12)  # the line is not silent: who listens could begin
    assert not listening.done
    bench.run(20)
    assert [data for _, data in bench.sent] == [b"?", b"!"]
    bench.hear(ANSWER, at=30)
    assert first.result == [b"xyz", b"xyz"]
    bench.hear(LATER, at=100)
    assert listening.result == [b"def"]


def test_the_stream_between_a_command_and_its_answer_is_neither_noise_nor_damage():
    bench = Bench(Hear(), Ask())
    job = bench.submit(Ask(repeatable=False))
    bench.hear(FRAME[:2], at=10)
    bench.hear(FRAME[2:], at=13)
    bench.hear(FRAME, at=300)
    bench.hear(ANSWER, at=700)  # long after the stream's frame would have ended the window
    assert job.result == [b"xyz"]
    assert bench.core.noise_bytes == 0


def test_the_sentences_of_one_burst_are_taken_one_by_one():
    both = (Hear(0x55), Hear(0x66))
    bench = Bench(*both)
    job = bench.submit(*both)
    bench.hear(FRAME + OTHER_KIND, at=100)
    assert job.result == [b"abc", b"ghi"]
    assert job.at == 100


def test_the_other_sentence_is_passed_over():
    both = (Hear(0x55), Hear(0x66))
    bench = Bench(*both)
    job = bench.submit(Hear(0x66))
    bench.hear(FRAME + OTHER_KIND, at=100)
    assert job.result == [b"ghi"]
    assert bench.core.noise_bytes == 0


def test_the_stream_proves_nothing_about_an_unanswered_command():
    bench = Bench(Hear(), Ask())
    bench.submit(Ask(repeatable=False))
    bench.run(1100)
    bench.submit(Hear())
    bench.hear(FRAME, at=1200)
    assert len(bench.state.debts) == 1
    job = bench.submit(Ask(b"!"))
    bench.run(3999)
    assert len(bench.sent) == 1, "the answer to the first may still come"
    bench.run(4010)
    assert bench.sent[1][1] == b"!"
    assert not job.done


def test_a_listener_does_not_lengthen_the_quiet_time():
    bench = Bench(Hear(), Ask())
    bench.submit(Ask(repeatable=False))
    bench.run(1100)
    for _ in range(15):
        bench.submit(Hear())
        bench.run(bench.now + 150)
        bench.hear(FRAME, at=bench.now + 1)
    bench.submit(Ask(b"!"))
    bench.run(4020)
    assert [data for _, data in bench.sent] == [b"?", b"!"]


def test_where_silence_is_fine_the_conversation_is_told_none():
    bench = Bench(Ask(), retries=3)
    job = bench.submit(Ask(b"wake", may_be_silent=True), Ask(b"wake"))
    bench.run(1100)
    assert [data for _, data in bench.sent] == [b"wake", b"wake"]
    assert bench.state.misses == 0
    bench.hear(ANSWER, at=1150)
    assert job.result == [None, b"xyz"]


def test_where_silence_is_fine_an_answer_is_still_a_value_and_damage_still_damage():
    bench = Bench(Ask(), retries=0)
    job = bench.submit(Ask(may_be_silent=True))
    bench.hear(ANSWER, at=50)
    assert job.result == [b"xyz"]
    job = bench.submit(Ask(may_be_silent=True))
    bench.hear(ANSWER[:4] + b"\x00", at=100)
    bench.run(2000)
    assert str(job.error) == f"sum: expected 0x{ANSWER[4]:02X}, got 0x00"


def test_an_answer_that_need_not_come_is_still_owed():
    bench = Bench(Ask(), retries=0)
    bench.submit(Ask(may_be_silent=True))
    bench.run(1010)
    job = bench.submit(Ask(b"!"))
    bench.hear(ANSWER, at=1500)
    assert not job.done
    assert bench.state.late == 1


def test_half_a_frame_heard_during_a_broadcast_is_stale_to_who_listens_after_it():
    bench = Bench(Hear(), Ask())
    job = bench.submit(Ask(b"all", broadcast=True, repeatable=False), Hear())
    bench.hear(FRAME[:3], at=20)
    bench.run(230)
    bench.hear(LATER[3:], at=240)  # would complete nothing that is true
    assert not job.done
    bench.hear(LATER, at=600)
    assert job.result == [None, b"def"]


def test_a_broadcast_holds_the_line_for_200_ms_and_is_owed_nothing():
    bench = Bench(Ask())
    job = bench.submit(Ask(b"all", broadcast=True, repeatable=False), Ask())
    left_wire_at = 3 * CHAR
    bench.hear(b"\x00", at=150)  # somebody who should have kept quiet
    bench.run(left_wire_at + 199)
    assert len(bench.sent) == 1
    bench.run(left_wire_at + 210)
    assert bench.sent[1] == (pytest.approx(left_wire_at + 200 + 3.5 * CHAR), b"?")
    assert bench.state.debts == []
    bench.hear(ANSWER, at=bench.now + 20)
    assert job.result == [None, b"xyz"]


def test_on_a_real_pty_the_next_frame_is_heard_and_the_old_ones_are_not():
    async def main():
        far, near = pty.openpty()
        port = SerialPort(os.ttyname(near), 9600, Framing("8N1"), asyncio.get_running_loop())
        line = Line("a", port, TIMING)
        line.attach(0, (Hear(), Ask()), timeout_ms=5000.0)
        task = asyncio.create_task(line.run())
        async with asyncio.timeout(10):
            while not line.is_open:  # noqa: ASYNC110 - opened by the task above
                await asyncio.sleep(0.005)
            os.write(far, FRAME * 40)
            while line.core.bytes_in < 5 * 40:  # noqa: ASYNC110 - the kernel hands them over
                await asyncio.sleep(0.005)
            listening = asyncio.create_task(line.converse(0, asks(Hear())))
            await asyncio.sleep(0)
            os.write(far, LATER[:3])
            await asyncio.sleep(0.02)
            os.write(far, LATER[3:] + FRAME)
            heard = await listening
            asking = asyncio.create_task(line.converse(0, asks(Ask(b"now"))))
            assert await asyncio.to_thread(os.read, far, 16) == b"now", "a listener sent something"
            os.write(far, FRAME + ANSWER)
            told = await asking
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        os.close(far)
        os.close(near)
        return heard.result, told.result, line.core.noise_bytes

    assert asyncio.run(main()) == ([b"def"], [b"xyz"], 0)
