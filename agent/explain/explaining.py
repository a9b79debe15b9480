"""The control socket's operation `explain`: what became of one channel's last value, stage by stage.

Everything is gathered from what is there anyway when somebody asks; what the bytes mean is decoded by who
asked. The same stages without field and outputs are those of a replay: Pipeline.explain.
"""

from collections.abc import Callable, Mapping
from typing import Any

from agent.config.findings import nearest
from agent.config.model import StationFile
from agent.explain.field import field_stages
from agent.explain.stale import Source, reasons
from agent.judge import Judge
from agent.outputs import Outputs
from agent.pipeline.explained import Explained
from agent.plan import LinePlan
from agent.polling import Poller
from hal.clock import Clock
from hal.line import Line

__all__ = ["Explaining"]

LATE_INTERVALS = 2.5  # a value older than that many of its intervals is stale
LATE_MS = 1000  # and this much more: polls share their line


class Explaining:
    """What one agent knows of its channels. stuck: its tasks that stand still, with seconds."""

    def __init__(
        self,
        station: StationFile,
        pollers: list[Poller],
        lines: Mapping[str, Line],
        plans: Mapping[str, LinePlan],
        *,
        judge: Judge,
        outputs: Outputs | None,
        clock: Clock,
        stuck: Callable[[], dict[str, float]],
    ) -> None:
        self._channels = {channel.id: channel for channel in station.channels}
        self._inputs = {f"{loop.instrument}.{loop.name}": loop.input for loop in station.loops}
        self._pollers = {poller.settings.id: poller for poller in pollers}
        self._lines, self._plans = lines, plans
        self._judge, self._outputs, self._clock, self._stuck = judge, outputs, clock, stuck

    async def explain(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """{"channel": id}. Raises ValueError for one that there is not."""
        channel = self._channels.get(str(request.get("channel")))
        if channel is None:
            hint = nearest(str(request.get("channel")), list(self._channels))
            raise ValueError(f"there is no channel {request.get('channel')!r}; {hint}")
        pipeline, now = self._judge.pipeline, self._judge.now()
        measured = pipeline.source_of(channel.id)
        source, now_s = self._source(measured), self._clock.monotonic()
        stages = [*field_stages(source, measured, now_s), *pipeline.explain(channel.id, now)]
        stages += self._outputs_of(channel.id)
        reading = pipeline.latest.get(channel.id)
        exchange = source.poller.exchanges.get(self._channels[measured].name)
        age_ms = None if exchange is None else (now_s - exchange.at) * 1000
        limit_ms = LATE_INTERVALS * source.interval_ms + LATE_MS
        return {
            "channel": channel.id,
            "unit": channel.unit,
            "value": reading and reading.value,
            "flag": reading and reading.flag,
            "conditions": list(reading.conditions) if reading else [],
            "t": reading and reading.t,
            "age_s": None if age_ms is None else round(age_ms / 1000, 1),
            "stale": reading is None or reading.flag == "B" or age_ms is None or age_ms > limit_ms,
            "why": list(reasons(source, self._stuck(), now_s)),
            "stages": [stage.row() for stage in stages],
        }

    def _source(self, measured: str) -> Source:
        channel = self._channels[measured]
        poller = self._pollers[channel.instrument]
        line = poller.settings.line
        name = self._inputs.get(measured, channel.name)
        return Source(poller, self._lines[line], self._plans[line], name)

    def _outputs_of(self, channel: str) -> list[Explained]:
        """The relays that rules on this channel may switch."""
        if self._outputs is None:
            return []
        rules = {limit.alarm.id for limit in self._judge.limits if channel in limit.channels}
        return [
            Explained("output", channel, (text,), {"output": output})
            for output, text in self._outputs.explain(rules)
        ]
