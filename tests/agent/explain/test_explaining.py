"""`explain` asked of a whole agent over an emulated line, and of one whose line is gone."""

import json
import re
from pathlib import Path

import pytest

from tests.agent.outputs.relay_station import OUTPUT, STATION, until, with_agent

CONVERSION = """
[[conversion]]
channel = "pid.voc"
name = "ppb"
unit = "ppb"
"""


@pytest.fixture
def station(tmp_path, station_of):
    text = STATION.format(port=tmp_path / "tty") + OUTPUT.format(id="siren", energised="alarm", coil=0)
    return station_of(
        text
        + OUTPUT.format(id="other", energised="alarm", coil=1).replace('"high"', '"agent fault"')
        + CONVERSION
    )


def explained(station, channel, before=None):
    """The answer, as it would go over the socket."""
    found = {}

    async def use(agent, rig):
        await until(lambda: "pid.voc" in agent.judge.latest)
        if before is not None:
            await before(agent, rig)
        explain = agent._explaining().explain
        found.update(json.loads(json.dumps(await explain({"channel": channel}))))
        found["rig"] = rig

    with_agent(station, use)
    return found


def stages(answer):
    return {stage["stage"]: stage for stage in answer["stages"]}


def test_a_measured_value_from_its_bytes_to_the_relay(station):
    answer = explained(station, "pid.voc")
    assert (answer["value"], answer["unit"], answer["flag"], answer["stale"]) == (10.0, "ppm", "N", False)
    assert answer["age_s"] < 5
    found = stages(answer)
    assert list(found) == ["poll", "bytes", "journal", "averages", "rule", "output"]
    assert found["poll"]["text"][0] == "honeywell-raeguard3 at address 7 of line a, every 100ms"
    (frame,) = found["bytes"]["frames"]
    said = [row["reply"] for row in answer["rig"].log if row["instrument"] == "pid"]
    assert frame["answered"] in said
    assert found["bytes"]["settings"] == {"divisor": 10}
    assert (found["rule"]["rule"], found["rule"]["state"]) == ("high", "normal")
    assert [stage["output"] for stage in answer["stages"] if stage["stage"] == "output"] == ["siren"]


def test_every_fact_is_documented(station):
    """Of an alarm, those that are."""
    page = (Path(__file__).parents[3] / "docs" / "explain.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page[page.index("## JSON") :], re.MULTILINE))
    answer = explained(station, "pid.voc")
    for stage in answer.pop("stages"):
        facts = set(stage) - {"stage", "channel", "text"}
        told = set(re.findall(r"`(\w+)`", rows[stage["stage"]]))
        assert told <= facts if stage["stage"] == "rule" else facts <= told, stage
    assert set(answer) - {"rig"} <= set(re.findall(r"`(\w+)`", page))


def test_a_computed_value_is_explained_from_the_instrument_on(station):
    answer = explained(station, "pid.ppb")
    assert (answer["value"], answer["stale"]) == (10_000.0, False)
    assert [(stage["stage"], stage["channel"]) for stage in answer["stages"]] == [
        ("poll", "pid.voc"),
        ("bytes", "pid.voc"),
        ("conversion", "pid.ppb"),
        ("journal", "pid.ppb"),
        ("averages", "pid.ppb"),
    ]


def test_a_line_that_is_gone_makes_it_stale_and_leaves_the_last_bytes(station):
    async def pull(agent, rig):
        await rig.bench.stop()
        await until(lambda: agent.judge.latest["pid.voc"].flag == "B")

    answer = explained(station, "pid.voc", pull)
    assert (answer["value"], answer["flag"], answer["stale"]) == (None, "B", True)
    assert answer["why"][0].startswith("line a has no port: port ")
    assert stages(answer)["bytes"]["frames"], "of the last good poll"


def test_a_channel_that_there_is_not(station):
    with pytest.raises(ValueError, match=r"there is no channel 'pid.vox'; did you mean pid.voc\?"):
        explained(station, "pid.vox")


def test_an_answer_that_is_older_than_it_should_be_is_stale(station):
    """Polled every 100 ms: older than 250 ms and a second."""

    async def age(agent, rig, by_s):
        (poller,) = agent.pollers
        exchange = poller.exchanges["voc"]
        poller.exchanges["voc"] = exchange._replace(at=agent._loop.time() - by_s)

    async def old(agent, rig):
        await age(agent, rig, 1.5)

    async def young(agent, rig):
        await age(agent, rig, 1.0)

    assert explained(station, "pid.voc", young)["stale"] is False
    answer = explained(station, "pid.voc", old)
    assert (answer["stale"], answer["flag"], answer["age_s"]) == (True, "N", 1.5)
