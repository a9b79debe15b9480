"""A UART and a pin in virtual time, for both interpreters: time moves when somebody looks at it."""

PERIOD = 1 << 30  # where a board's ticks wrap


class World:
    """start_us: what the ticks show at first; every look takes `look_us`."""

    def __init__(self, start_us=0, look_us=500):
        self.now_us = start_us
        self.look_us = look_us

    def ticks(self):
        self.now_us += self.look_us
        return self.now_us % PERIOD

    def sleep(self, us):
        self.now_us += us


class ScriptedPin:
    """Writes down when it was switched."""

    def __init__(self, world):
        self.world = world
        self.log = []

    def on(self):
        self.log.append((self.world.now_us, 1))

    def off(self):
        self.log.append((self.world.now_us, 0))


class ScriptedUart:
    """device(bytes written) gives [(us after they have left, bytes)]; `say` speaks unasked."""

    def __init__(self, world, baud, device=None, echo=False):
        self.world = world
        self.char_us = 10000000 // baud
        self.device = device
        self.echo = echo
        self.sent = []  # (when the first bit left, bytes)
        self.coming = []  # (when it has come, byte), in order
        self.came_us = 0  # when the last byte did
        self.idle_us = 0  # the wire is ours until then

    def write(self, data):
        data = bytes(data)
        begin = max(self.world.now_us, self.idle_us)
        self.idle_us = begin + len(data) * self.char_us
        self.sent.append((begin, data))
        if self.echo:
            self.say(0, data, begin)
        for delay_us, said in self.device(data) if self.device else ():
            self.say(delay_us, said, self.idle_us)
        return len(data)

    def flush(self):
        self.world.now_us = max(self.world.now_us, self.idle_us)

    def say(self, delay_us, said, after_us=None):
        at = (self.world.now_us if after_us is None else after_us) + delay_us
        for byte in said:
            at += self.char_us
            self.coming.append((at, byte))
        self.coming.sort()

    def any(self):
        count = 0
        for at, _ in self.coming:
            if at > self.world.now_us:
                break
            count += 1
        return count

    def read(self, nbytes):
        here = self.coming[: min(nbytes, self.any())]
        if not here:
            return None
        self.came_us = here[-1][0]
        self.coming = self.coming[len(here) :]
        return bytes([byte for _, byte in here])
