"""Relays of a real agent, over an emulated module on the very line that it polls."""

import json
import re
import signal
import time

import pytest
import serial

pytestmark = pytest.mark.needs("mosquitto")

POLL_MS = 100  # as conftest's instrument() has it
PULSE = "values = { voc = [[0, 10], [6, 10], [6.001, 90], [7, 90], [7.001, 10], [60, 10]] }"
ALARM = "values = { voc = 90 }"
RULE = '[[rule]]\nid = "voc-high"\nchannel = "pid.voc"\nabove = 50.0\nunit = "ppm"\n'
ON, OFF = "0a050000ff00", "0a0500000000"  # relay 0 of module 10, without its CRC


def output(name, energised, coil, alarm_on='["voc-high"]'):
    return (
        f'[[output]]\nid = "{name}"\nalarm_on = {alarm_on}\nenergised = "{energised}"\n'
        f'driver = "waveshare-relay-8"\nline = "a"\naddress = 10\ncoil = {coil}\ntimeout = "200ms"\n'
    )


def truth(station):
    return [json.loads(line) for line in station.truth.read_text().splitlines() if line.endswith("}")]


def switches(station, frame):
    """When the module was told so, in ms on this machine's clock."""
    return [row["mono"] for row in truth(station) if row["request"].startswith(frame)]


def last_states(station):
    """The module's relays, as it last answered a read."""
    return [int(row["reply"][6:8], 16) for row in truth(station) if row["reply"].startswith("0a01")][-1]


def test_a_relay_switches_within_one_poll_and_waits_for_no_broker(station, until):
    station.configure(station.instrument("pid", 3, PULSE), output("siren", "alarm", 0), rules=RULE)
    station.start()
    station.wait_delivered(3)
    station.broker.send(signal.SIGSTOP)
    assert switches(station, ON) == [], "this machine was too slow to begin before the pulse"
    until("the relay follows", lambda: switches(station, ON) and switches(station, OFF))
    said = [(row["mono"], row["values"]["voc"]) for row in truth(station) if row["instrument"] == "pid"]
    above = next(at for at, voc in said if voc > 50)
    below = next(at for at, voc in said if at > above and voc <= 50)
    (on,), (off,) = switches(station, ON), switches(station, OFF)
    assert above < on < above + POLL_MS
    assert below < off < below + POLL_MS
    until("it is confirmed", lambda: station.status()["outputs"][0]["confirmed"] is False)
    (row,) = station.status()["outputs"]
    assert (row["position"], row["wanted"], row["trouble"]) == ("healthy", False, None)
    assert station.platform.events(kind="alarm") == []
    station.broker.send(signal.SIGCONT)
    until("the alarm's events follow", lambda: len(station.platform.events(kind="alarm")) == 2)


def test_a_healthy_contact_is_energised_once_judged_and_lets_go_at_a_clean_stop(station, until):
    contact = output("contact", "healthy", 0, '["any alarm", "any fault"]')
    station.configure(station.instrument("pid", 3), contact, rules=RULE.replace("50.0", "5000"))
    agent = station.start()
    until("it is energised", lambda: station.status()["outputs"][0]["confirmed"] is True)
    agent.terminate()
    assert agent.wait(15) == 0, station.log("agent")
    assert last_states(station) == 0
    assert len(switches(station, OFF)) == 1


def kill_switched(station, until):
    """An agent that was killed with the siren on."""
    station.configure(station.instrument("pid", 3, ALARM), output("siren", "alarm", 0), rules=RULE)
    agent = station.start()
    until("the siren is on", lambda: station.status()["outputs"][0]["confirmed"] is True)
    return agent


def test_the_stop_command_lets_go_what_a_killed_agent_had_switched(station, until):
    agent = kill_switched(station, until)
    refused = station.fenceline("outputs", "safe", "--config", str(station.config))
    assert refused.returncode == 1
    assert f"another agent works here (process {agent.pid})" in refused.stderr
    assert last_states(station) == 1, "a running agent keeps its relays"
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    began = time.monotonic()
    done = station.fenceline("outputs", "--config", str(station.config), "safe")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "siren: let go (waveshare-relay-8 on a, address 10, coil 0)\n"
    assert time.monotonic() - began < 5
    assert last_states(station) == 0
    station.start_agent()
    until("the alarm that stands has it on again", lambda: last_states(station) == 1)


def test_faults_elsewhere_in_the_file_keep_no_relay_energised(station, until):
    agent = kill_switched(station, until)
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    text = station.config.read_text().replace('driver = "honeywell-raeguard3"', 'driver = "gone"')
    text = text.replace('id = "gp-01"', "id = 3").replace('["voc-high"]', '["renamed"]')
    station.config.write_text(
        text + "\n[nonsense]\n" + output("beacon", "healthy", 0) + output("far", "alarm", 9)
    )
    assert station.fenceline("check", "--config", str(station.config)).returncode == 2
    done = station.fenceline("outputs", "safe", "--config", str(station.config))
    assert done.returncode == 1, "two of them could not be told apart or found"
    assert done.stdout == "siren: let go (waveshare-relay-8 on a, address 10, coil 0)\n"
    assert "there is no relay 9" in done.stderr
    assert "output siren drives this relay already" in done.stderr
    assert last_states(station) == 0


def test_a_module_that_is_gone_is_named_in_bounded_time(station, until):
    agent = kill_switched(station, until)
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    station.stop_sim()
    began = time.monotonic()
    done = station.fenceline("outputs", "safe", "--within", "1", "--config", str(station.config))
    assert time.monotonic() - began < 5
    assert done.returncode == 1
    assert "siren: line a: port" in done.stderr
    assert "there is no such device" in done.stderr
    station.config.write_text("[station\n")
    done = station.fenceline("outputs", "safe", "--config", str(station.config))
    assert done.returncode == 2
    assert done.stderr.endswith("cannot be read, no relay was touched\n")


def test_a_silence_does_not_outlive_a_kill(station, until):
    """Who silenced the horn may be gone; the alarm is not."""
    horn = output("siren", "alarm", 0) + 'kind = "horn"\n'
    station.configure(station.instrument("pid", 3, ALARM), horn, rules=RULE)
    agent = station.start()
    until("the horn sounds", lambda: station.status()["outputs"][0]["confirmed"] is True)
    config = ("--config", str(station.config))
    done = station.fenceline("outputs", "silence", "--by", "jan", *config)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first == "output siren: silenced, let go, confirmed"
    assert re.fullmatch(r"  rule voc-high, by jan, (30 min 0|29 min 5\d) s left", second)
    until("it is quiet", lambda: last_states(station) == 0)
    again = station.fenceline("outputs", *config, "silence", "siren")
    assert (again.returncode, again.stderr) == (1, "fenceline outputs silence: horn siren does not sound\n")
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    station.start_agent()
    until("it sounds again", lambda: last_states(station) == 1)
    (event,) = station.platform.events(kind="output", transition="silenced")
    assert (event["by"], event["origin"], event["for_s"]) == ("jan", "control socket", 1800)


def test_a_person_tests_an_output_and_sees_it_follow(station, until):
    station.configure(
        station.instrument("pid", 3), output("siren", "alarm", 0), rules=RULE.replace("50", "5000")
    )
    station.start()
    until("all is well", lambda: station.status()["outputs"][0]["position"] == "healthy")
    config = ("--config", str(station.config))
    done = station.fenceline("outputs", "test", "--for", "1s", "--by", "jan", *config)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "siren: energised, confirmed, for 1 s\nsiren: back, let go, confirmed\n"
    assert (len(switches(station, ON)), len(switches(station, OFF))) == (1, 1)
    until("it is told", lambda: station.platform.events(kind="output", transition="tested", by="jan"))
    wrong = station.fenceline("outputs", "test", "--for", "1h", *config)
    assert wrong.returncode == 2
    assert "--for 1h" in wrong.stderr


def test_the_events_tell_of_each_switch_and_of_a_module_that_is_gone(station, until):
    station.configure(station.instrument("pid", 3, PULSE), output("siren", "alarm", 0), rules=RULE)
    station.start()
    until("on and off", lambda: len(station.platform.events(kind="output")) >= 2)
    on, off = station.platform.events(kind="output")
    assert (on["output"], on["transition"], on["energised"], on["detail"]) == (
        "siren",
        "switched",
        True,
        "rule voc-high",
    )
    assert 0 <= on["took_ms"] < 1000
    assert (off["transition"], off["energised"], off["position"]) == ("switched", False, "healthy")
    station.stop_sim()
    until("the loss is told", lambda: station.platform.events(kind="output", transition="failing"), 30)
    shown = station.fenceline("outputs", "--config", str(station.config))
    assert shown.returncode == 0
    assert shown.stdout.startswith("output siren")
    assert "NOT CONFIRMED" in shown.stdout
    station.set_bench(station.instrument("pid", 3, "values = { voc = 10 }"), output("siren", "alarm", 0))
    station.start_sim()
    until("its return is told", lambda: station.platform.events(kind="output", transition="recovered"), 30)
    assert len(station.platform.events(kind="output", transition="failing")) == 1


def test_a_module_with_a_host_watchdog_lets_go_of_a_killed_agent_by_itself(station, until):
    """No stop command, nobody else on the line: only the silence tells the module."""
    contact = (
        '[[output]]\nid = "contact"\nalarm_on = ["agent fault"]\nenergised = "healthy"\n'
        'driver = "icpdas-i-7067"\nline = "a"\naddress = 1\ncoil = 2\n'
        'host_watchdog = "1.5s"\nchecksum = true\n'
    )
    station.configure(contact)
    station.start_broker()
    station.start_sim()
    agent = station.start_agent()
    until("it is energised", lambda: station.status()["outputs"][0]["confirmed"] is True)
    began = station.status()["uptime_s"]
    until("two of its times have passed", lambda: station.status()["uptime_s"] > began + 3)
    assert station.status()["outputs"][0]["confirmed"] is True
    assert station.platform.events(kind="output", transition="repaired") == []
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    with serial.Serial(str(station.port), 115200, timeout=0.5) as line:

        def states():
            line.write(b"$016BB\r")
            return line.read_until(b"\r").decode()

        assert states().startswith("!04"), "it is still energised: nobody told it anything"
        until("its host watchdog runs out", lambda: states().startswith("!00"), 5)
