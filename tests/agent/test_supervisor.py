"""The supervisor in virtual time: restarts, their growing pauses, what is told of them."""

import asyncio

from agent.supervisor import RESTART_S, STEADY_S, Supervisor


class Task:
    """Fails with the given reasons, one a run, after lasting so many seconds; then waits for ever."""

    def __init__(self, *fates):
        self.fates, self.started_at = list(fates), []

    async def run(self):
        self.started_at.append(asyncio.get_running_loop().time())
        if not self.fates:
            await asyncio.sleep(10**6)
        lasted_s, why = self.fates.pop(0)
        await asyncio.sleep(lasted_s)
        if why is not None:
            raise why


def play(virtually, task, for_s):
    told = []

    async def main():
        supervisor = Supervisor(lambda what, detail: told.append((what, detail)))
        supervisor.start("line a", task.run)
        await asyncio.sleep(for_s)
        await supervisor.stop()
        return supervisor.restarts

    return virtually(main()), told


def pauses(task):
    return [
        round(after - before, 3) for before, after in zip(task.started_at, task.started_at[1:], strict=False)
    ]


def test_a_failing_task_is_started_again_with_growing_pauses(virtually):
    task = Task(*[(0, OSError("no such device"))] * 7)
    restarts, told = play(virtually, task, 100)
    assert pauses(task) == [*RESTART_S, RESTART_S[-1], RESTART_S[-1]]
    assert restarts == {"line a": 7}
    assert told == [("task line a", "OSError: no such device")], "told once, not with every attempt"


def test_another_reason_is_told_anew_and_so_is_an_end(virtually):
    task = Task((0, OSError("one")), (0, ValueError("two")), (0, None), (0, ValueError("two")))
    _, told = play(virtually, task, 100)
    assert [detail for _, detail in told] == [
        "OSError: one",
        "ValueError: two",
        "it ended by itself",
        "ValueError: two",
    ]


def test_a_task_that_ran_for_a_while_begins_with_the_shortest_pause(virtually):
    task = Task((0, OSError("x")), (0, OSError("x")), (STEADY_S, OSError("x")), (0, OSError("x")))
    _, told = play(virtually, task, 200)
    assert pauses(task) == [RESTART_S[0], RESTART_S[1], STEADY_S + RESTART_S[0], RESTART_S[1]]
    assert len(told) == 2, "after a steady time it is news again"


def test_one_task_failing_leaves_the_others_alone(virtually):
    ticks = []

    async def steady():
        while True:
            ticks.append(1)
            await asyncio.sleep(1)

    async def main():
        supervisor = Supervisor(lambda what, detail: None)
        supervisor.start("bad", Task(*[(0, OSError("x"))] * 100).run)
        supervisor.start("good", steady)
        await asyncio.sleep(30.5)
        await supervisor.stop()
        return supervisor.restarts

    assert "good" not in virtually(main())
    assert len(ticks) == 31


def test_stop_ends_the_tasks_in_reverse_each_to_its_last_line(virtually):
    ended = []

    async def task(name):
        try:
            await asyncio.sleep(10**6)
        finally:
            await asyncio.sleep(1)  # one takes its time
            ended.append(name)

    async def main():
        supervisor = Supervisor(lambda what, detail: None)
        for name in ("journal", "uplink", "line"):
            supervisor.start(name, lambda name=name: task(name))
        await asyncio.sleep(1)
        await supervisor.stop()
        await supervisor.stop()  # a second time does nothing

    virtually(main())
    assert ended == ["line", "uplink", "journal"]
