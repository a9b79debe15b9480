"""`fenceline report` as a process: from an archive, from a replay, and what a person is told."""

import json

import pytest

from store.archive import Archive, Filed, Mark, Span
from tests.tools.report.month_rig import FIRST_MS, STATION, hours_of, november, station_in
from tools.report.compliance import channels_needed, compliance
from tools.report.hours import BadReplay, from_replay
from tools.report.month import HOUR_MS
from tools.report.text import text

CHANNELS = ("stack.flow", "stack.dust", "stack.so2", "fid.nmhc", "pid.nmhc")
MONTH = (
    (24, 0.0, 1.0, 1.0, 2.0, 3.0),
    (90, 9000.0, 5.0, 20.0, 2.0, 3.0),
    (4, 9000.0, 12.0, "M", 11.0, 31.0),
    (2, 9000.0, 5.0, 20.0, 2.0, None),
)


def filed(hour):
    """With a minute, since there is no hour without one."""
    return [hour._replace(end=hour.start + 60_000)], hour


def archived(folder, hours, units, again=()):
    """again: channel and hour that are computed anew."""
    (folder / "data").mkdir(exist_ok=True)
    archive = Archive(folder / "data" / "archive.db", units)
    starts = sorted({start for values in hours.values.values() for start in values})
    archive.write(
        [
            Filed(
                {name: filed(values[start]) for name, values in hours.values.items() if start in values},
                Span(start, number, number),
                {},
            )
            for number, start in enumerate(starts, 1)
        ],
        Mark("log", len(starts), starts[-1] + HOUR_MS),
    )
    for channel, hour in again:
        archive.replace(Filed({channel: filed(hour)}, Span(hour.start, 1, 1), {}), archive.mark)
    archive.close()


@pytest.fixture
def report(fenceline, tmp_path):
    station = station_in(tmp_path)
    archived(tmp_path, hours_of(*MONTH, channels=CHANNELS), channels_needed(station))

    def run(*options, month="2024-11"):
        return fenceline("report", "--config", "station.toml", "--month", month, *options)

    return run


def by_factor(answer):
    (outlet,) = answer["outlets"]
    rows = {each["factor"]: each for each in outlet["factors"]} | {"all": outlet}
    return {name: (row["hours_valid"], row["hours_within"], row["hours_over"]) for name, row in rows.items()}


def test_a_month_out_of_the_archive(report):
    done = report("--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert by_factor(answer) == {"pm": (96, 92, 4), "so2": (92, 92, 0), "all": (96, 92, 4)}
    (outlet,) = answer["outlets"]
    assert (outlet["hours_idle"], outlet["hours_operating_unknown"]) == (24, 600)
    assert outlet["factors"][1]["not_valid"]["M"] == 4
    assert outlet["share_of_valid"] == 92 / 96
    assert outlet["factors"][0]["highest"] == {"value": 12.0, "start": FIRST_MS + 114 * HOUR_MS}
    assert outlet["factors"][0]["confirmed"] is False
    gas, tanks = answer["areas"]
    assert [(row["hours_above"], row["exceedances"]) for row in gas["rules"]] == [(4, 1), (0, 0)]
    (estimate,) = tanks["rules"]
    assert (estimate["hours_above"], estimate["highest"]["value"]) == (4, 31.0)
    assert estimate["notes"] == ["a reading times a factor that was found on this site: an estimate"]


def test_an_hour_that_was_computed_anew_counts_once_and_as_it_is_now(fenceline, tmp_path):
    station = station_in(tmp_path)
    hours = hours_of(*MONTH, channels=CHANNELS)
    wrong = hours.values["stack.dust"][FIRST_MS + 114 * HOUR_MS]
    withdrawn = hours.values["stack.dust"][FIRST_MS + 30 * HOUR_MS]
    again = [
        ("stack.dust", wrong._replace(value=8.0, min=8.0, max=8.0)),
        (
            "stack.dust",
            withdrawn._replace(value=None, min=None, max=None, counted=0, valid=False, flag="D"),
        ),
    ]
    archived(tmp_path, hours, channels_needed(station), again)
    done = fenceline("report", "--config", "station.toml", "--month", "2024-11", "--json")
    answer = json.loads(done.stdout)
    assert by_factor(answer)["pm"] == (95, 92, 3)
    assert answer["outlets"][0]["factors"][0]["not_valid"] == {"missing": 601}


def test_hours_that_were_archived_in_another_unit_are_told_and_not_counted(fenceline, tmp_path):
    units = channels_needed(station_in(tmp_path)) | {"stack.dust": "ug/m3"}
    archived(tmp_path, hours_of(*MONTH, channels=CHANNELS), units)
    done = fenceline("report", "--config", "station.toml", "--month", "2024-11", "--json")
    pm = json.loads(done.stdout)["outlets"][0]["factors"][0]
    assert pm["hours_valid"] == 0
    assert pm["notes"] == ["120 hours stand in the archive in another unit, and are not counted"]


def test_a_percentage_is_cut_and_not_rounded(tmp_path):
    hours = hours_of((683, 9000.0, 5.0, 1.0), (36, 9000.0, 11.0, 1.0), channels=CHANNELS[:3])
    hours.values.update({"fid.nmhc": {}, "pid.nmhc": {}})
    found = compliance(station_in(tmp_path), hours, november(719), "here")
    assert "  95 % of the valid hours: NOT MET, 94.9 %" in list(text(found))  # 683 of 719 are 94.993 %


def lines_of(hours):
    return "".join(
        json.dumps(
            {
                "kind": "average",
                "channel": channel,
                "period": "1h",
                "start": each.start,
                "value": each.value,
                "min": each.min,
                "max": each.max,
                "count": each.counted,
                "valid": each.valid,
                "flag": each.flag,
            }
        )
        + "\n"
        for channel, values in hours.values.items()
        for each in values.values()
    )


def test_the_same_of_a_replay_whose_last_hour_is_the_last_there_can_be(report, tmp_path):
    other = '{"kind":"alarm","rule":"x","from":"normal","to":"unacked","time":1,"value":1}\n'
    (tmp_path / "out.jsonl").write_text(other + lines_of(hours_of(*MONTH, channels=CHANNELS)))
    due, found = (
        json.loads(report("--json").stdout),
        json.loads(report("--from-replay", "out.jsonl", "--json").stdout),
    )
    assert by_factor(found) == by_factor(due)
    assert found["areas"] == due["areas"]
    assert (found["hours_so_far"], found["complete"]) == (120, False)
    assert found["outlets"][0]["hours_operating"] == 96
    assert found["outlets"][0]["share_of_operating"] == 92 / 96


@pytest.mark.parametrize("line", ["{", "5", "[]", '{"kind":"average","period":"1h"}', '{"kind": "average"}'])
def test_a_file_that_no_replay_put_out(line):
    with pytest.raises(BadReplay, match=r"^out\.jsonl:2: no line of a replay"):
        from_replay(['{"kind":"alarm"}\n', line], "out.jsonl", ["a.b"])


SCREEN = """\
station gp-01, 2024-11, local time +08:00
from out.jsonl
NOT COMPLETE: 120 of 720 hours so far

outlet oven
  operating: stack.flow above 5000
  96 hours of operation; 24 idle
factor        limit valid within over  % v. % op.
pm               10    96     92    4  95.8  95.8
so2              30    92     92    0 100.0  95.8
all                    96     92    4  95.8  95.8
  95 % of the valid hours: met, 95.8 %
  95 % of the hours of operation: met, 95.8 %
  pm: stack.dust, mg/m3
    100.0 % captured, highest 12 (11-05 18:00)
    coking-ule-2023/coke-oven-stack/pm
    NOT CONFIRMED: edition draft-2023
    not said to be: dry, 0 degC, 101.325 kPa
    not said to be: 8 % O2
  so2: stack.so2, mg/m3
    95.8 % captured, highest 20 (11-02 00:00)
    not valid: 4 M
    coking-ule-2023/coke-oven-stack/so2
    NOT CONFIRMED: edition draft-2023
    not said to be: dry, 0 degC, 101.325 kPa
    not said to be: 8 % O2

area gas purification
rule                    limit valid above times
nmhc-hour                  10   120     4     1
nmhc-single                30   120     0     0
  nmhc-hour: fid.nmhc, mgC/m3
    hour mean, highest 11 (11-05 18:00)
    gb-37822-2019/in-plant/nmhc-hour
    NOT CONFIRMED: edition 2019
  nmhc-single: fid.nmhc, mgC/m3
    any value, highest 11 (11-05 18:00)
    gb-37822-2019/in-plant/nmhc-single
    NOT CONFIRMED: edition 2019

area tank farm
rule                    limit valid above times
pid-estimate               30   118     4     1
  pid-estimate: pid.nmhc, mgC/m3
    any value, highest 31 (11-05 18:00)
    a reading times a factor that was found on
      this site: an estimate
"""


def test_the_screen(report, tmp_path):
    (tmp_path / "out.jsonl").write_text(lines_of(hours_of(*MONTH, channels=CHANNELS)))
    done = report("--from-replay", "out.jsonl")
    assert done.stdout == SCREEN
    assert all(len(line) <= 50 for line in done.stdout.splitlines())


def test_an_outlet_that_does_not_say_when_it_operates(report, tmp_path):
    station_in(tmp_path, STATION.replace("operating = ", "# "))
    said = report().stdout
    assert "  95 % of the valid hours: met, 96.6 %\n" in said, "116 of 120 hours: none is idle"
    assert "    of the hours of operation nothing is known:\n" in said
    assert "operation: met" not in said


def test_what_a_person_is_told(report, fenceline, tmp_path):
    assert report(month="2026-13").stderr.startswith("fenceline report: --month '2026-13' is no month")
    assert report(month="2026-13").returncode == 2
    assert report("--archive", "none.db").returncode == 1
    assert report("--archive", "a", "--from-replay", "b").returncode == 2
    assert report("--from-replay", "none").stderr == "fenceline report: none: No such file or directory\n"
    station_in(tmp_path, STATION.partition("[[outlet]]")[0])
    assert "no [[outlet]] in the station file" in report().stdout
