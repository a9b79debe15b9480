"""What goes wrong on the line, as the whole station tells of it: ports that vanish, instruments that fail."""

from collections import Counter

import pytest

pytestmark = pytest.mark.needs("mosquitto")


def by_channel(station, flag):
    rows = station.platform.readings().values()
    return Counter(row["ch"] for row in rows if row["f"] == flag)


def test_a_port_that_vanishes_and_returns(station, until):
    station.configure(station.instrument("pid", 3), station.instrument("yard", 4))
    agent = station.start()
    station.wait_delivered(10, f="N")
    station.stop_sim()
    until("the loss is seen", lambda: not station.status()["lines"][0]["open"])
    polls = station.status()["instruments"][0]["polls"]
    until("polls go on in vain", lambda: station.status()["instruments"][0]["polls"] > polls + 10)
    assert "there is no such device" in station.status()["lines"][0]["trouble"]
    station.start_sim()
    until("the port is back", lambda: station.status()["lines"][0]["open"])
    before = by_channel(station, "N").total()
    station.wait_delivered(before + 10, f="N")
    station.settle(agent)
    assert by_channel(station, "B") == {"pid.voc": 1, "yard.voc": 1}, "said once, not with every poll"
    faults = [(event["what"], event["state"]) for event in station.platform.events(kind="fault")]
    assert faults == [("line a", "failing"), ("line a", "recovered")]


# fault of the emulator: (flag of the failed poll, key of the status that counts it, its value or None)
FAULTS = {
    '{ kind = "crc", share = 0.3 }': ("B", "damaged"),
    '{ kind = "truncated", share = 0.3 }': ("B", "damaged"),
    '{ kind = "exception", share = 0.3, code = 2 }': ("D", "refused"),
    '{ kind = "exception", share = 0.3, code = 10 }': ("B", "refused"),
    '{ kind = "exception", share = 0.3, code = 11 }': ("B", "refused"),
    '{ kind = "dead", from = "4s" }': ("B", "silent"),
}


def test_failing_instruments_are_counted_flagged_and_never_give_a_wrong_value(station, until):
    keys = "retries = 0\nquiet = '50ms'"
    names = [f"i{at}" for at in range(len(FAULTS))]
    station.configure(
        *(
            station.instrument(
                name,
                at + 1,
                f"values = {{ voc = [[0, {10 + 50 * at}], [60, {610 + 50 * at}]] }}\nfaults = [{fault}]",
                keys=keys,
            )
            for at, (name, fault) in enumerate(zip(names, FAULTS, strict=True))
        ),
        station.instrument("healthy", 77),
    )
    agent = station.start()
    flags = {name: flag for name, (flag, _) in zip(names, FAULTS.values(), strict=True)}

    def all_seen():
        seen = {flag: by_channel(station, flag) for flag in "NBD"}
        return all(
            seen["N"][f"{name}.voc"] >= 5 and seen[flag][f"{name}.voc"] >= 1 for name, flag in flags.items()
        )

    until("each has answered and failed", all_seen)
    until("the dead one is known for dead", lambda: station.status()["instruments"][len(names) - 1]["dead"])
    rows = {row["id"]: row for row in station.status()["instruments"]}
    station.settle(agent)
    for (name, flag), (_, counter) in zip(flags.items(), FAULTS.values(), strict=True):
        counts = {key: rows[name][key] for key in ("damaged", "refused", "silent", "late")}
        assert counts.pop(counter) > 0, (name, rows[name])
        assert not any(counts.values()), (name, counts)
        assert {row["f"] for row in station.platform.readings().values() if row["ch"] == f"{name}.voc"} == {
            "N",
            flag,
        }
    assert [list(rows[name]["refusals"]) for name in names[2:5]] == [["2"], ["10"], ["11"]]
    assert rows["healthy"]["good"] in (rows["healthy"]["polls"], rows["healthy"]["polls"] - 1)
    for row in station.platform.readings().values():
        assert (row["v"] is None) == (row["f"] != "N"), row
        assert row["f"] == "N" or row["c"], "a failed poll says why"


def test_frames_that_nobody_asked_for_make_a_second_master_and_every_reading_d(station, until):
    """One answers to another's address, again and again: what is on this line belongs to whom?"""
    fault = '\nfaults = [{ kind = "foreign", share = 0.3 }]'
    station.configure(
        station.instrument("astray", 3, "values = { voc = 5 }" + fault), station.instrument("healthy", 77)
    )
    agent = station.start()
    until("it is noticed", lambda: station.status()["lines"][0]["second_master"])
    before = by_channel(station, "D").total()
    station.wait_delivered(before + 10, f="D")
    line = station.status()["lines"][0]
    assert line["second_master"] == "function 3 answered by address 4"
    station.settle(agent)
    (fault,) = station.platform.events(kind="fault")
    assert (fault["what"], fault["state"]) == ("line a second master", "failing")
    assert "another master talks on this line: function 3 answered by address 4" in fault["detail"]
    flagged = [row for row in station.platform.readings().values() if row["f"] == "D"]
    assert {row["ch"] for row in flagged} == {"astray.voc", "healthy.voc"}
    assert {tuple(row["c"]) for row in flagged} == {("second master",)}
    assert all(row["v"] is not None for row in flagged), "the value is shown, and not believed"
