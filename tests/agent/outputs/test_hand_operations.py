"""Test and silence of a running agent's outputs: what the relays do, what is told."""

import pytest

import hal.relay
from agent.outputs.hand_operations import hand_operations
from tests.agent.outputs.relay_station import OUTPUT, STATION, events_of, until, with_agent

SIREN, BEACON = 0, 3  # coils


@pytest.fixture
def station(tmp_path, monkeypatch, station_of):
    """A horn that is energised on alarm, and a beacon that is let go on alarm."""
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.05)
    text = STATION.format(port=tmp_path / "tty")
    text += OUTPUT.format(id="siren", energised="alarm", coil=SIREN) + 'kind = "horn"\n'
    return station_of(text + OUTPUT.format(id="beacon", energised="healthy", coil=BEACON))


async def healthy(rig):
    await until(lambda: rig.module.coils.states[BEACON] and not rig.module.coils.states[SIREN])


async def in_alarm(rig):
    await until(lambda: rig.module.coils.states[SIREN] and not rig.module.coils.states[BEACON])


def told(station, *transitions):
    bodies = [event.body for event in events_of(station, "output")]
    return [body for body in bodies if body["transition"] in transitions]


def test_a_test_moves_every_relay_and_moves_it_back(station):
    async def use(agent, rig):
        await healthy(rig)
        rows = await agent.outputs.test(None, "jan", "here", 1.0)
        assert [row["position"] for row in rows] == ["test", "test"]
        await in_alarm(rig)
        await healthy(rig)

    with_agent(station, use)
    begun, ended = told(station, "test"), told(station, "tested")
    assert [(row["output"], row["by"], row["origin"], row["for_s"]) for row in begun] == [
        ("siren", "jan", "here", 1.0),
        ("beacon", "jan", "here", 1.0),
    ]
    assert [(row["output"], row["by"], row["confirmed"]) for row in ended] == [
        ("siren", "jan", True),
        ("beacon", "jan", True),
    ]


def test_a_module_that_is_gone_fails_its_test(station):
    async def use(agent, rig):
        await healthy(rig)
        await until(lambda: agent.outputs.rows()[1]["confirmed"])
        await rig.bench.stop()
        await agent.outputs.test("siren", "jan", "here", 1.0)
        await until(lambda: agent.outputs.rows()[0]["position"] != "test")

    with_agent(station, use)
    (ended,) = told(station, "tested")
    assert (ended["confirmed"], ended["detail"]) == (False, "NOT READ BACK in its alarm position")


def test_an_alarm_during_a_test_wins_and_stays(station):
    async def use(agent, rig):
        await healthy(rig)
        await agent.outputs.test(None, "jan", "here", 1.0)
        await in_alarm(rig)
        rig.voc = 60.0
        await until(lambda: agent.outputs.rows()[0]["position"] == "alarm")
        ends = agent._loop.time() + 1.2
        await until(lambda: agent._loop.time() > ends)
        assert rig.module.coils.states[SIREN]
        assert not rig.module.coils.states[BEACON]

    with_agent(station, use)
    assert {row["detail"] for row in told(station, "tested")} == {
        "read back in its alarm position, where it stays: rule high"
    }
    moved = [(row["output"], row["energised"]) for row in told(station, "switched")]
    assert moved.count(("siren", True)) == 1, "the relay never moved between test and alarm"


def test_a_horn_is_silenced_and_sounds_anew_with_the_next_alarm(station):
    async def use(agent, rig):
        await healthy(rig)
        with pytest.raises(ValueError, match="no horn sounds"):
            await agent.outputs.silence(None, "jan", "here")
        rig.voc = 60.0
        await in_alarm(rig)
        (row,) = await agent.outputs.silence(None, "jan", "here")
        assert (row["position"], row["cause"]) == ("silenced", "rule high, by jan")
        await until(lambda: not rig.module.coils.states[SIREN])
        assert not rig.module.coils.states[BEACON], "the beacon follows the condition"
        rig.voc = 10.0
        await until(lambda: rig.module.coils.states[BEACON])
        assert agent.judge.limits[0].alarm.state == "returned"
        assert not rig.module.coils.states[SIREN], "nobody has taken note, and somebody has silenced it"
        rig.voc = 60.0
        await in_alarm(rig)

    with_agent(station, use)
    (row,) = told(station, "silenced")
    assert (row["output"], row["by"], row["origin"], row["for_s"]) == ("siren", "jan", "here", 1800.0)


def test_taking_note_silences_a_horn_and_leaves_the_beacon(station):
    async def use(agent, rig):
        await healthy(rig)
        rig.voc = 60.0
        await in_alarm(rig)
        await agent.judge.acknowledge("high", "jan", "here")
        await until(lambda: not rig.module.coils.states[SIREN])
        assert not rig.module.coils.states[BEACON]

    with_agent(station, use)


def test_a_horn_sounds_until_somebody_takes_note(station):
    async def use(agent, rig):
        await healthy(rig)
        rig.voc = 60.0
        await in_alarm(rig)
        rig.voc = 10.0
        await until(lambda: rig.module.coils.states[BEACON])
        assert rig.module.coils.states[SIREN]

    with_agent(station, use)


def test_a_stop_lets_go_in_the_middle_of_a_test(station):
    async def use(agent, rig):
        await healthy(rig)
        await agent.outputs.test(None, "jan", "here", 60.0)
        await in_alarm(rig)

    rig = with_agent(station, use)
    assert not any(rig.module.coils.states.values())
    assert told(station, "tested") == [], "nobody has seen it to its end"


def test_nothing_moves_a_relay_any_more_once_the_agent_stops(station):
    """Readings still come while it waits for the relays to be read back, and so may people."""

    async def use(agent, rig):
        await healthy(rig)
        rig.voc = 60.0
        await in_alarm(rig)
        await agent.outputs.make_safe(2)
        agent.outputs.update()
        for asked in (
            agent.outputs.test(None, "jan", "here", 1.0),
            agent.outputs.silence(None, "jan", "here"),
        ):
            with pytest.raises(ValueError, match="the agent stops"):
                await asked
        assert [row["wanted"] for row in agent.outputs.rows()] == [False, False]

    rig = with_agent(station, use)
    assert not any(rig.module.coils.states.values())


def test_what_people_ask_for_is_checked(station):
    operations = hand_operations(None)

    async def use(agent, rig):
        mine = hand_operations(agent.outputs)
        for operation, request, complaint in (
            (operations["test-outputs"], {"by": "jan"}, r"no \[\[output\]\]"),
            (mine["test-outputs"], {"by": ""}, "`by` is a text"),
            (mine["test-outputs"], {"by": "jan", "output": 3}, "`output` the id"),
            (mine["test-outputs"], {"by": "jan", "for_s": 301}, "not within 1..300 seconds"),
            (mine["test-outputs"], {"by": "jan", "for_s": True}, "not within 1..300 seconds"),
            (
                mine["test-outputs"],
                {"by": "jan", "output": "x"},
                "output x: this station's are siren, beacon",
            ),
            (
                mine["silence-horns"],
                {"by": "jan", "output": "beacon"},
                "horn beacon: this station's are siren",
            ),
            (mine["silence-horns"], {"by": "jan", "output": "siren"}, "horn siren does not sound"),
        ):
            with pytest.raises(ValueError, match=complaint):
                await operation(request)

    with_agent(station, use)
