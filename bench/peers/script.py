"""What an engineer writes instead: one loop over pymodbus, one paho client, a queue in memory.

usage: script.py PORT BAUD ADDRESSES EVERY_S MQTT_PORT   (until SIGTERM; EVERY_S 0: as fast as it can)
"""

import json
import signal
import sys
import time

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pymodbus import ModbusException
from pymodbus.client import ModbusSerialClient

port, baud, addresses, every_s, mqtt_port = sys.argv[1:6]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

mqtt = Client(CallbackAPIVersion.VERSION2, client_id="script")
mqtt.connect_async("127.0.0.1", int(mqtt_port))
mqtt.loop_start()
modbus = ModbusSerialClient(port, baudrate=int(baud), timeout=0.5, retries=0)
modbus.connect()

started = time.monotonic()
count = 0
while True:
    for address in range(1, int(addresses) + 1):
        try:
            reply = modbus.read_holding_registers(0, count=10, device_id=address)
        except ModbusException:
            continue
        if reply.isError():
            continue
        now = round(time.time() * 1000)
        values = modbus.convert_from_registers(reply.registers, modbus.DATATYPE.FLOAT32)
        for channel, value in enumerate(values):  # type: ignore[arg-type]  # a list, for several
            reading = {"t": now, "ch": f"i{address}.v{channel}", "v": value}
            mqtt.publish("script/readings", json.dumps(reading), qos=1)
    count += 1
    time.sleep(max(0.0, started + count * float(every_s) - time.monotonic()))
