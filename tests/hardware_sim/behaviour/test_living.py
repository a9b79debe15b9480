"""An instrument's life, as its driver sees it: drift, calibration, range, power; and a bench's mistakes."""

import pytest

from agent.config import examine_bench
from drivers.exchange import NoAnswer
from hal.clock import Clock
from hardware_sim.bench import Bench, BenchError
from tests.rig import Lively

DAY_S = 86400.0
FALCO = "ion-science-falco"
HFID = {"settings": {"values": ["thc"], "unit": "ppm", "errors": ["current"]}, "values": {"thc": 40.0}}


def voc(rig, at_s):
    return rig.measure(at_s)["voc"]


def raeguard(**keys):
    """A PID whose register map has a value and nothing else."""
    return Lively("honeywell-raeguard3", settings={"divisor": 100}, **keys)


def hfid(**keys):
    return Lively("cai-hfid", **HFID, **keys)


def test_without_a_table_an_instrument_is_the_perfect_one():
    rig = raeguard(values={"voc": 12.5})
    plain = Bench(
        {
            "line": [{"id": "a"}],
            "instrument": [
                {
                    "id": "x",
                    "line": "a",
                    "driver": "baseline-9000",
                    "address": 0,
                    "settings": {"fields": 5, "unit": "ppm"},
                }
            ],
        },
        Clock(),
    )
    assert type(plain.lines["a"].slaves[0].instrument).__name__ == "Baseline9000"
    assert voc(rig, 0) == voc(rig, DAY_S) == ("voc", 12.5, "ppm", "N", ())


def test_it_drifts_and_a_zero_takes_the_offset_and_a_span_the_gain_away():
    behaviour = {"zero_drift": 2.0, "span_drift": 0.1, "calibration_s": 60, "span_gas": 50.0}
    rig = raeguard(
        values={"voc": 40.0},
        behaviour=behaviour,
        events=[{"at_s": 2 * DAY_S, "do": "zero"}, {"at_s": 2 * DAY_S + 60, "do": "span"}],
    )
    assert voc(rig, 0).value == 40.0
    assert voc(rig, DAY_S).value == pytest.approx(40 * 1.1 + 2)
    assert voc(rig, 2 * DAY_S + 30).value == pytest.approx(4.0, abs=0.01), "zero gas, not corrected yet"
    assert voc(rig, 2 * DAY_S + 61).value == pytest.approx(60.0, abs=0.05), (
        "span gas: no offset, the old gain"
    )
    assert voc(rig, 2 * DAY_S + 121).value == pytest.approx(40.0, abs=0.01)
    assert voc(rig, 3 * DAY_S + 120).value == pytest.approx(40 * 1.3 / 1.2 + 2 / 1.2, abs=0.01)


def test_a_calibration_is_a_function_of_time_and_not_of_who_asked_when():
    def made():
        return raeguard(
            values={"voc": 40.0},
            behaviour={"span_drift": 0.1, "span_gas": 50.0, "noise": 0.3, "t90_s": 20},
            events=[{"at_s": 5000, "do": "calibrate"}],
        )

    often, once = made(), made()
    for at_s in range(4000, 6000, 7):
        voc(often, at_s)
    assert voc(often, 5200) == voc(once, 5200)
    assert voc(often, 4000) == voc(once, 4000) == voc(made(), 4000), "also of what was before"


def test_a_zero_that_is_too_short_for_the_response_is_a_wrong_one():
    behaviour = {"t90_s": 60, "calibration_s": 60}
    rig = raeguard(values={"voc": 40.0}, behaviour=behaviour, events=[{"at_s": 1000, "do": "zero"}])
    assert voc(rig, 1059).value == pytest.approx(4.2, abs=0.3), "90 % of the way to zero"
    assert voc(rig, 2000).value == pytest.approx(36.0, abs=0.2), "what was left is taken for the offset"


@pytest.mark.parametrize(
    ("behaviour", "events"),
    [({}, []), ({"span_gas": 50.0}, [{"at_s": 900, "for_s": 500, "do": "no span gas"}])],
    ids=["there is none", "the cylinder is empty"],
)
def test_a_span_without_gas_fails_changes_nothing_and_is_shown_until_one_goes_well(behaviour, events):
    rig = Lively(
        "honeywell-xcd",
        values={"gas": 40.0},
        behaviour=behaviour,
        events=[*events, {"at_s": 1000, "do": "span"}, {"at_s": 2000, "do": "span"}],
    )
    assert rig.measure(999)["gas"][1::2] == (40.0, "N")
    assert rig.measure(1030)["gas"].value == 0.0
    assert rig.measure(1061)["gas"].value == 40.0
    assert rig.measure(1061)["gas"].conditions == ("span calibration failed",)
    assert rig.measure(2061)["gas"].conditions == (() if behaviour else ("span calibration failed",))


def test_an_operation_of_the_driver_corrects_and_one_that_is_ended_does_not():
    behaviour = {"zero_drift": 10.0, "calibration_s": 60}
    rig = hfid(behaviour=behaviour)
    assert rig.run("zero", DAY_S).result == "accepted"
    assert rig.measure(DAY_S + 30)["thc"][1:4] == (None, "ppm", "C")
    rig.run("stop", DAY_S + 40)
    rig.run("measure_gas", DAY_S + 50)
    assert rig.measure(DAY_S + 100)["thc"].value == pytest.approx(50.0, abs=0.02), "it was ended"
    rig.run("zero", DAY_S + 200)
    assert rig.measure(DAY_S + 261)["thc"].value == pytest.approx(40.0, abs=0.02)


def test_gas_at_the_inlet_is_what_is_read_and_the_state_says_so():
    rig = hfid(behaviour={"span_gas": {"thc": 80.0}, "t90_s": 10})
    rig.run("span_gas", 100)
    said = rig.measure(200)["thc"]
    assert (said.value, said.flag, said.conditions) == (80.0, "C", ("span gas",))
    rig.run("measure_gas", 200)
    assert rig.measure(300)["thc"][1:4] == (40.0, "ppm", "N")


def test_it_is_held_at_the_end_of_its_range_and_says_so_where_it_can():
    rig = hfid(behaviour={"top": 100.0, "floor": 1.0}, noise={})
    assert rig.measure(1)["thc"].flag == "N"
    over = Lively("cai-hfid", settings=HFID["settings"], values={"thc": 120.0}, behaviour={"top": 100.0})
    assert over.measure(1)["thc"] == ("thc", 100.0, "ppm", "T", ("range overflow", "over range"))
    mute = raeguard(values={"voc": 120.0}, behaviour={"top": 100.0})
    assert voc(mute, 1) == ("voc", 100.0, "ppm", "N", ()), "its register map has no state: it cannot say"
    low = raeguard(values={"voc": 0.4}, behaviour={"floor": 0.5})
    assert voc(low, 1).value == 0.0


def test_while_it_is_cold_it_reads_low():
    rig = raeguard(values={"voc": 40.0}, behaviour={"warm_up_s": 100})
    assert [voc(rig, at_s).value for at_s in (0, 50, 100)] == [0.0, 20.0, 40.0]


def test_without_power_it_is_silent_forgets_what_it_was_told_and_keeps_its_calibration():
    events = [{"at_s": DAY_S + 1000, "for_s": 100, "do": "power off"}]
    rig = hfid(behaviour={"zero_drift": 10.0, "calibration_s": 60}, events=events)
    rig.run("zero", DAY_S)
    rig.run("zero_gas", DAY_S + 500)
    assert rig.measure(DAY_S + 600)["thc"].conditions == ("zero gas",)
    with pytest.raises(NoAnswer):
        rig.measure(DAY_S + 1050)
    said = rig.measure(DAY_S + 1101)["thc"]
    assert (said.flag, said.value) == ("N", pytest.approx(40.0, abs=0.2))
    cut = hfid(
        behaviour={"zero_drift": 10.0, "calibration_s": 60},
        events=[{"at_s": DAY_S, "do": "zero"}, {"at_s": DAY_S + 30, "for_s": 5, "do": "power off"}],
    )
    assert cut.measure(DAY_S + 90)["thc"].value == pytest.approx(50.0, abs=0.1), "the zero was cut short"


def test_what_a_bench_scripts_of_its_states_keeps_the_benchs_time_over_a_power_cut():
    rig = Lively(
        "cai-hfid",
        settings=HFID["settings"],
        values={"thc": [[0, 10], [6000, 10], [6000, 20]], "errors": [[0, 0], [6000, 0], [6000, 3]]},
        events=[{"at_s": 5000, "for_s": 500, "do": "power off"}],
    )
    assert rig.measure(5999)["thc"][1:4] == (10.0, "ppm", "N")
    assert rig.measure(6001)["thc"][1:] == (20.0, "ppm", "D", ("air pressure",))


def test_noise_is_the_seeds_and_that_of_a_channel_goes_before():
    def said(seed, **keys):
        rig = raeguard(values={"voc": 40.0}, behaviour={"noise": 1.0}, seed=seed, **keys)
        return [voc(rig, at_s).value for at_s in range(20)]

    assert said(1) == said(1) != said(2)
    assert len(set(said(1))) > 10
    assert set(said(1, noise={"voc": 0.0})) == {40.0}


def test_directions_and_other_channels_are_left_alone():
    rig = Lively(
        "gill-windsonic", values={"wind_direction": 359, "wind_speed": 10}, behaviour={"zero_drift": 5.0}
    )
    samples = {sample.channel: sample.value for sample in rig.run("measure", DAY_S)}
    assert samples == {"wind_speed": 15.0, "wind_direction": 359.0}
    hour = Lively(
        "cai-hfid",
        settings=HFID["settings"],
        values={"thc": 4.0},
        behaviour={"zero_drift": 5.0, "channels": ["thc"]},
    )
    assert hour.measure(DAY_S)["thc"].value == pytest.approx(9.0)


BENCH = """\
[[line]]
id = "a"
[[instrument]]
id = "fid"
line = "a"
driver = "cai-hfid"
settings = { values = ["thc"], unit = "ppm", errors = ["current"] }
values = { thc = 40.0 }
"""


def built(tmp_path, text):
    path = tmp_path / "bench.toml"
    path.write_text(BENCH + text)
    definition, findings = examine_bench(path)
    return definition and Bench(definition, Clock()), [str(finding) for finding in findings]


def test_a_bench_file_says_how_it_behaves_and_what_happens(tmp_path):
    bench, findings = built(
        tmp_path,
        'behaviour = { warm_up = "2m", t90 = "30s", noise = 0.2, zero_drift = 0.5, span_drift = 0.01, '
        'calibration = "60s", span_gas = { thc = 80 }, floor = 0.1, top = 500, channels = ["thc"] }\n'
        'events = [{ at = "10m", for = "5m", what = "no flame" }, { at = "1h", do = "power off" }]\n',
    )
    assert findings == []
    life = bench.lines["a"].slaves[0].instrument.life
    assert (life.behaviour.warm_up_s, life.behaviour.t90_s, life.behaviour.calibration_s) == (120, 30, 60)
    assert life.on_since(3599) == 0.0
    assert life.on_since(3600) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'events = [{ at = "1m", what = "on fire" }]',
            "'on fire' is no condition that this instrument can show",
        ),
        ('behaviour = { channels = ["voc"] }', "'voc' is no value of it\n  hint: it has thc"),
        ("behaviour = { span_gas = { voc = 1 } }", "voc: no value of it\n  hint: it has thc"),
        ("behaviour = { floor = 2, top = 1 }", "floor: 2 lies above the top, 1"),
        (
            'events = [{ at = "1m", for = "1m", do = "zero" }]',
            "a zero takes as long as behaviour's calibration",
        ),
    ],
)
def test_what_the_emulator_does_not_know_is_named_with_what_it_does(tmp_path, text, message):
    with pytest.raises(BenchError) as wrong:
        built(tmp_path, text)
    assert message in str(wrong.value)


def test_the_conditions_that_it_can_show_are_listed(tmp_path):
    with pytest.raises(BenchError) as wrong:
        built(tmp_path, 'events = [{ at = "1m", what = "on fire" }]')
    assert "no flame" in wrong.value.hint
    assert "standby" in wrong.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('events = [{ at = "1m" }]', "an event has either `what` it shows or what one is to `do` with it"),
        ('events = [{ at = "1m", do = "explode" }]', '"explode" is none of'),
        ("behaviour = { warmup = 1 }", "warmup"),
        ("behaviour = { warm_up = 3 }", "has no unit"),
    ],
)
def test_what_any_reader_can_see_is_found_in_the_file(tmp_path, text, message):
    bench, findings = built(tmp_path, text)
    assert bench is None
    assert message in findings[0]
    assert ":9" in findings[0]


def test_on_a_line_it_is_silent_without_power_and_speaks_again_behind_it(tmp_path, serve):
    bench = {
        "line": [{"id": "a", "baud": 19200}],
        "instrument": [
            {
                "id": "x",
                "line": "a",
                "driver": "teledyne-4030",
                "address": 0,
                "settings": {"components": ["BNZ"], "unit": "ppb"},
                "values": {"bnz": 12.0},
                "events": [{"at_s": 0.5, "for_s": 1.0, "do": "power off"}],
            }
        ],
    }
    log = serve(bench).answers(2)
    assert [entry["values"] for entry in log] == [{"bnz": 12.0}] * 2
    assert log[1]["mono"] - log[0]["mono"] == pytest.approx(2000, abs=300), "it says one a second, but then"
