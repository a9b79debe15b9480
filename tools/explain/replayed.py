"""One value of a recording explained: what the pipeline had made of it at that time of the replay."""

from collections.abc import Iterable
from typing import Any

from agent.config.model import ChannelSettings
from agent.pipeline.instant import Instant
from agent.pipeline.pipeline import Pipeline
from tools.replay.play import play
from tools.replay.recording import Plain

__all__ = ["explained_at"]


def explained_at(
    pipeline: Pipeline, rows: Iterable[Plain], channel: ChannelSettings, at_ms: int
) -> dict[str, Any]:
    """The answer as an agent gives it, without bytes and relays, which a recording has not. at_ms: UTC."""
    for _ in play(pipeline, rows, at_ms):
        pass
    stages: list[dict[str, Any]] = []
    measured = pipeline.source_of(channel.id)
    sample = pipeline.latest.get(measured)
    if sample is not None:
        number = sample.value if sample.raw is None else sample.raw
        text = "no value" if number is None else f"{number:.9g}"
        stages.append(
            {"stage": "sample", "channel": measured, "text": [f"{text}, as recorded"], "t": sample.t}
        )
    stages += [stage.row() for stage in pipeline.explain(channel.id, Instant(at_ms, at_ms, True, ""))]
    reading = pipeline.latest.get(channel.id)
    return {
        "channel": channel.id,
        "unit": channel.unit,
        "value": reading and reading.value,
        "flag": reading and reading.flag,
        "conditions": list(reading.conditions) if reading else [],
        "t": reading and reading.t,
        "age_s": None if reading is None else (at_ms - reading.t) / 1000,
        "stages": stages,
    }
