# Runs on MicroPython: the detector head of examples/, as its bundle lies on a board, in virtual time.
import gc
import sys


class Named:
    """Stands for a module."""


def load(ticks_us):
    time = Named()
    time.ticks_us = ticks_us
    sys.modules["time"] = time
    sys.modules.pop("main", None)
    import main  # noqa: PLC0415

    return main


class SilentUart:
    def any(self):
        return 0


def heap():
    gc.collect()
    return gc.mem_alloc()


# Before anything else is imported: what the head takes of a board's memory.
machine = Named()
machine.UART = machine.WDT = machine.Pin = None
sys.modules["machine"] = machine
before = heap()
program = load(lambda: 0)
loaded = heap()
head = program.Head(SilentUart(), SilentUart(), lambda: 0)
for _ in range(100):
    head.turn()
running = heap()
print("heap: %d bytes for the modules, %d for the running head" % (loaded - before, running - loaded))
del head, program

from tests.micropython.head_cases import CASES, STARTS  # noqa: E402

for case in CASES:
    for start_us in STARTS:
        case(load, start_us)
print("%d cases of the detector head" % (len(CASES) * len(STARTS)))
