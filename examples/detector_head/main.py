"""A detector head: a Plantower PMS7003 dust sensor becomes a Modbus RTU instrument on RS-485.

For a Raspberry Pi Pico (RP2040) or an ESP32 with MicroPython 1.27; docs/micropython.md tells the
wiring, the files to copy, and how to read it. Input registers (function 4), from 0:

    0  PM1, ug/m3          3  state: 0 measuring, 1 warming up, 2 sensor silent, 3 sensor disturbed
    1  PM2.5, ug/m3        4  age of the reading, s (65535: none yet, or older)
    2  PM10, ug/m3         5  readings since the start; 6  failures since the start (both wrap)
"""

from time import ticks_us

from machine import UART, WDT, Pin

from drivers.exchange import NoAnswer
from drivers.wire.modbus_slave import Registers, RtuSlave
from drivers.wire.plantower import StreamedFrame
from hal.board_line import BoardLine
from hal.board_slave import BoardSlave
from hal.job import Timing
from hal.stopwatch import Stopwatch

ADDRESS = 20  # on the RS-485 line, 1..247
BAUD = 9600
LINE_UART, LINE_TX, LINE_RX = 0, 0, 1
DIRECTION_PIN = 2  # DE and RE of the transceiver; None where it switches by itself
SENSOR_UART, SENSOR_TX, SENSOR_RX = 1, 4, 5
SENSOR_TIMEOUT_MS = 5000  # it speaks every 0.2 to 2.3 s (PMS7003 data manual, active mode)

PM1, STATE, AGE, READINGS, FAILURES = 0, 3, 4, 5, 6
MEASURING, WARMING_UP, SILENT, DISTURBED = 0, 1, 2, 3
NEVER = 0xFFFF
IN_AIR = 3  # of a frame's data words, the first of PM1, PM2.5, PM10 in atmospheric air
SENSOR = 0  # the one on its line


def listen():
    """One reading: the data words of a frame."""
    return (yield StreamedFrame())


class Head:
    """Call `turn` in a loop. ticks: time.ticks_us; direction: a Pin, or None."""

    def __init__(self, sensor, line, ticks, direction=None):
        self.registers = Registers(7)
        self.slave = RtuSlave(ADDRESS, inputs=self.registers)
        timing = Timing(BAUD, 10)
        self.line = BoardSlave(line, timing, ticks, self.answer, direction=direction)
        self.sensor = BoardLine(sensor, timing, ticks)
        self.sensor.attach(SENSOR, (StreamedFrame(),), SENSOR_TIMEOUT_MS, retries=0)
        self.since = Stopwatch(ticks)  # the last reading
        self.registers.put(STATE, (SILENT, NEVER))
        self.job = self.sensor.start(SENSOR, listen())

    def turn(self):
        self.line.turn()
        self.sensor.turn()
        if self.job.done:
            self.take(self.job)
            self.job = self.sensor.start(SENSOR, listen())
        self.since.now_ms()  # or its ticks would wrap unseen

    def take(self, job):
        """What the sensor said becomes registers; the last reading stands while it says nothing."""
        if job.error is None:
            words = job.result
            self.registers.put(PM1, words[IN_AIR : IN_AIR + 3])
            self.registers.put(STATE, (MEASURING if any(words[:-1]) else WARMING_UP, 0))
            self.since.restart()
            self.count(READINGS)
        else:
            self.registers.put(STATE, (SILENT if isinstance(job.error, NoAnswer) else DISTURBED,))
            self.count(FAILURES)

    def count(self, register):
        (before,) = self.registers.read(register, 1)
        self.registers.put(register, (before + 1 & 0xFFFF,))

    def answer(self, heard):
        if self.registers.read(READINGS, 1) != [0]:
            self.registers.put(AGE, (min(int(self.since.now_ms() / 1000), NEVER),))
        return self.slave.answer(heard)


def main():
    sensor = UART(SENSOR_UART, BAUD, tx=SENSOR_TX, rx=SENSOR_RX, rxbuf=512)
    line = UART(LINE_UART, BAUD, tx=LINE_TX, rx=LINE_RX, rxbuf=512)
    direction = None if DIRECTION_PIN is None else Pin(DIRECTION_PIN, Pin.OUT, value=0)
    head = Head(sensor, line, ticks_us, direction)
    watchdog = WDT(timeout=8000)  # an RP2040 has 8388 ms at most
    while True:
        head.turn()
        watchdog.feed()


if __name__ == "__main__":
    main()
