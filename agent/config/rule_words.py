"""A [[rule]] in words, behind its channel: for the lists of `fenceline alarms`, `status` and the demo."""

from agent.config.rule_model import RuleSettings
from agent.config.values import span

__all__ = ["words_of"]


def words_of(rule: RuleSettings) -> str:
    """As in "above 50 ppm", "1h mean above 10 mg/m3", "no data for 60s"."""
    others = ", ".join(rule.others)
    of = f"of {others}" if others else f"over {span(rule.span_ms)}"
    what = {
        "rate": f"change over {span(rule.span_ms)} ",
        "deviation": f"difference to {others} ",
        "background": f"less the {rule.background} {of} ",
        "wind": f"against {others}, downwind less upwind ",
        "flat": f"within {rule.within:g} {rule.unit} for {span(rule.span_ms)}",
        "no-data": f"no data for {span(rule.span_ms)}",
    }.get(rule.kind, "")
    mean = "" if rule.on == "raw" else f"{rule.on.replace(':', ' ')} mean "
    return f"{mean}{what}{_limit(rule)}{_per_day(rule)}"


def _limit(rule: RuleSettings) -> str:
    limit = rule.above if rule.below is None else rule.below
    if limit is None:
        return ""
    side = "above" if rule.below is None else "below"
    during = ", ".join(f"{phase} {value:g}" for phase, value in rule.during)
    return f"{side} {limit:g} {rule.unit}" + (f" ({during})" if during else "")


def _per_day(rule: RuleSettings) -> str:
    return "" if rule.per_day is None else f", more than {rule.per_day} times a day"
