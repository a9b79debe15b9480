"""An alarm is on disk before it is sent: looked up in the journal at the moment it arrives."""

import json
import sqlite3

import pytest

PULSES = "values = { voc = [[0, 10], [1, 10], [1.2, 90], [2, 90], [2.2, 10], [3, 10], [3.2, 90], [60, 90]] }"
RULE = """
[[rule]]
id = "voc-high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
"""


@pytest.mark.needs("mosquitto")
def test_every_alarm_stands_in_the_journal_when_it_arrives(station, until):
    station.configure(station.instrument("pid", 3, PULSES), rules=RULE)
    found = []  # (event, its kind and body as they stood on disk when it arrived)

    def look_up(_client, _data, message):
        if not message.topic.endswith("/events"):
            return
        with sqlite3.connect(f"file:{station.data_dir / 'journal.db'}?mode=ro", uri=True) as db:
            for event in json.loads(message.payload)["events"]:
                row = db.execute("SELECT kind, id FROM events WHERE seq = ?", (event["seq"],)).fetchone()
                found.append((event, row))
        db.close()

    station.start_broker()
    station.platform._client.on_message = look_up
    station.start_sim()
    station.start_agent()
    until("three changes of the alarm", lambda: sum(e["kind"] == "alarm" for e, _ in found) >= 3)
    for event, row in found:
        assert event["durable"], event
        assert row == (event["kind"], event["id"]), f"{event} was sent before it was on disk"
