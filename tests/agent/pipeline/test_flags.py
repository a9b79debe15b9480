"""Flags through the whole pipeline: loop, modes, checks, conversions and calibrations, in any combination.

The flag that is kept is that of precedence among all causes, every cause is kept with it, and no stage
changes a value. An oracle of its own says which causes there are.
"""

from hypothesis import given
from hypothesis import strategies as st

from agent.config.conversion_model import ConversionSettings, Input
from agent.config.model import LoopSettings
from agent.config.quality_model import CHECKS, CheckSettings
from agent.pipeline.alarm import Alarm
from agent.pipeline.checks import Check
from agent.pipeline.conditions import Above
from agent.pipeline.conversion import Conversions
from agent.pipeline.limit import Limit
from agent.pipeline.modes import KINDS, Mode, Modes
from agent.pipeline.ne43 import UNDER_RANGE, CurrentLoop
from agent.pipeline.out_of_control import OUT_OF_CONTROL, OutOfControl
from agent.pipeline.pipeline import Pipeline
from drivers.sample import FLAGS, OVER_RANGE
from store.rows import Reading

T = 1_795_420_800_000
HOUR = 3_600_000
LIMIT = 50.0
CHANNELS = ("pid.voc", "ai.voc")  # one that is digital, one behind a current loop
BOTH = ConversionSettings("both", "pid.voc", "ppm", inputs=(Input("plus", "ai.voc", 1.0),))
LOOP = LoopSettings("ai", "ai0", "voc", "ppm", 0.0, 100.0)
SETTINGS = CheckSettings("", low=5.0, high=60.0, max_rate=60.0, stuck_for_ms=2000, spike=5.0, keep_out=CHECKS)
CURRENTS = {3.7: "N", 4.0: "N", 8.0: "N", 14.4: "N", 20.0: "N", 20.7: "T"}  # and what the loop says of each


def precedence(flags):
    return min(flags, key=FLAGS.index)


class Plant:
    """A pipeline with everything in it, and what a reading of it is due to become."""

    def __init__(self, modes, failed):
        self.modes, self.failed = modes, failed
        declared = Modes()
        for instrument, kind in modes:
            declared.begin(Mode(instrument, kind, T, T + HOUR, "li", ""), 0)
        control = OutOfControl({"pid.voc": ["pid.voc"], "ai.voc": ["ai.voc"], "both": CHANNELS})
        for channel in failed:
            control.put(channel, ["span drift"], None)
        self.pipeline = Pipeline(
            [Limit(Alarm(name), Above(LIMIT), name, "high", "ppm") for name in (*CHANNELS, "both")],
            {"ai.voc": CurrentLoop(LOOP)},
            {name: Check(SETTINGS) for name in (*CHANNELS, "both")},
            Conversions([BOTH]),
            modes=declared,
            out_of_control=control,
        )

    def declared(self, channel):
        instrument = channel.partition(".")[0]
        return [kind for name, kind in self.modes if name == instrument]

    def causes(self, reading):
        """(flags, conditions) before calibrations have their say."""
        flags, conditions = [reading.flag], set(reading.conditions)
        if reading.channel == "ai.voc" and reading.value is not None:
            flags.append(CURRENTS[reading.value])
            conditions |= {UNDER_RANGE} if reading.value < 3.8 else set()
        declared = self.declared(reading.channel)
        flags += [KINDS[kind].flag for kind in declared]
        conditions.update(declared)
        if "T" in flags and len(flags) > 1:
            conditions.add(OVER_RANGE)
        return flags, conditions

    def due(self, flags, channels):
        """The flag of a reading of these channels, and whether it is D for a calibration alone."""
        before = precedence(flags)
        failed = self.failed.intersection(channels)
        return precedence([before, *"D" * len(failed)]), bool(failed) and before in "NT"


readings = st.lists(
    st.tuples(
        st.sampled_from(CHANNELS),
        st.one_of(st.none(), st.sampled_from(sorted(CURRENTS))),
        st.sampled_from("NNN" + FLAGS),
        st.sampled_from([(), ("lamp fault",), ("lamp fault", OVER_RANGE)]),
    ),
    max_size=12,
)
modes = st.sets(st.tuples(st.sampled_from(["pid", "ai"]), st.sampled_from(sorted(KINDS))))


@given(readings, modes, st.sets(st.sampled_from(CHANNELS)))
def test_the_flag_of_precedence_stands_all_causes_stay_and_no_value_changes(rows, declared, failed):
    plant = Plant(declared, failed)
    for at, (channel, value, flag, conditions) in enumerate(rows):
        stamped = Reading(channel, T + 1000 * at, 1000 * at, True, value, None, flag, conditions)
        plant.pipeline.take([stamped])
        kept = plant.pipeline.latest[channel]
        flags, causes = plant.causes(stamped)
        due, by_calibration = plant.due(flags, [channel])
        assert kept.flag == due
        assert causes <= set(kept.conditions)
        assert (OUT_OF_CONTROL in kept.conditions) == by_calibration
        assert ("span drift" in kept.conditions) == (channel in failed)
        if channel == "pid.voc":
            assert (kept.value, kept.raw) == (value, None)
        elif value is not None:
            assert (kept.value, kept.raw) == ((value - 4) / 16 * 100, value)


@given(readings, modes, st.sets(st.sampled_from(CHANNELS)))
def test_what_is_computed_carries_the_flags_and_causes_of_all_its_inputs(rows, declared, failed):
    plant, last = Plant(declared, failed), {}
    for at, (channel, value, flag, conditions) in enumerate(rows):
        last[channel] = Reading(channel, T + 1000 * at, 1000 * at, True, value, None, flag, conditions)
        plant.pipeline.take([last[channel]])
        if channel != "pid.voc" or "ai.voc" not in last or at * 1000 - last["ai.voc"].mono > 10_000:
            continue
        both = plant.pipeline.latest["both"]
        (first, causes), (others, further) = map(plant.causes, (last["pid.voc"], last["ai.voc"]))
        due, by_calibration = plant.due(first + others, CHANNELS)
        assert both.flag == due
        assert causes | {f"ai.voc: {cause}" for cause in further} <= set(both.conditions)
        assert (OUT_OF_CONTROL in both.conditions) == by_calibration


@given(readings, modes, st.sets(st.sampled_from(CHANNELS)))
def test_neither_n_nor_t_never_changes_an_alarm_but_for_a_calibration_which_may_raise(rows, declared, failed):
    plant = Plant(declared, failed)
    for at, (channel, value, flag, conditions) in enumerate(rows):
        stamped = Reading(channel, T + 1000 * at, 1000 * at, True, value, None, flag, conditions)
        for verdict in plant.pipeline.take([stamped]).verdicts:
            if verdict.change is None:
                continue
            seen = plant.pipeline.latest[verdict.limit.channel]
            if seen.flag == "N":
                assert verdict.change.transition in ("raised", "returned")
            else:
                assert verdict.change.transition == "raised"
                over = seen.flag == "T" or OVER_RANGE in seen.conditions
                assert over or (OUT_OF_CONTROL in seen.conditions and seen.value > LIMIT)
