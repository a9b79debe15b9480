"""A line's core with its clock, in virtual time: literal frames in, bytes and results out."""

from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing

TIMING = Timing(9600, 10)
CHAR = TIMING.char_ms
ONE = ReadRegisters(address=1, function=3, start=8, count=2)
OTHER = ReadRegisters(address=1, function=3, start=100, count=2)  # may be mistaken for ONE
LONGER = ReadRegisters(address=1, function=3, start=100, count=3)  # may not
NEIGHBOUR = ReadRegisters(address=2, function=3, start=8, count=2)


def reply(request, *values):
    body = bytes((request.address, request.function, 2 * request.count))
    return with_crc(body + b"".join(value.to_bytes(2, "big") for value in values))


def refusal(request, code):
    return with_crc(bytes((request.address, request.function | 0x80, code)))


def asks(*requests):
    """A conversation that asks these in turn and returns what it was told."""
    told = []
    for request in requests:
        told.append((yield request))
    return told


class Clocked:
    """A core with its clock: `run` to a moment, `hear` bytes, see what was `sent`.

    address: whom all is asked, where that is one instrument; else each request says it.
    """

    address = None

    def __init__(self, echo=False):
        self.now = 0.0
        self.core = LineCore(TIMING, echo)
        self.sent = []

    def submit(self, *requests):
        address = requests[0].address if self.address is None else self.address
        job = self.core.submit(address, asks(*requests), self.now)
        self.pump()
        return job

    def pump(self):
        data = self.core.step(self.now)
        if data:
            self.sent.append((self.now, data))

    def run(self, until):
        """Let time pass as a runner would, deadline by deadline."""
        while True:
            at = self.core.next_at(self.now)
            if at is None or at > until:
                break
            assert at >= self.now, "the core wants to be woken in the past"
            self.now = at
            self.pump()
        self.now = until
        self.pump()

    def hear(self, data, at=None):
        if at is not None:
            self.run(at)
        self.core.receive(data, self.now)
        self.pump()


class Bench(Clocked):
    """questions, clearing: of address 1; address 2 is a neighbour with one question."""

    def __init__(
        self, *, questions=None, clearing=None, timeout_ms=300.0, retries=0, echo=False, quiet_ms=None
    ):
        super().__init__(echo)
        for address in (1, 2):
            state = AddressState(address, timeout_ms, retries, quiet_ms)
            if address == 1:
                state.declare(questions or (ONE,), clearing)
            else:
                state.declare((NEIGHBOUR,))
            self.core.attach(state, self.now)

    def asked(self):
        return [data for _, data in self.sent]

    @property
    def state(self):
        return self.core.addresses[1]
