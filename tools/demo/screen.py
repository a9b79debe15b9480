"""The demo's live screen: one table that fits an 80 x 24 terminal."""

from typing import Any

from rich.console import Console, Group, JustifyMethod
from rich.table import Table
from rich.text import Text

from tools.demo.play import Scene

__all__ = ["draw", "print_summary"]

SHOWN = (  # instrument, channel, decimals: the ones that the story is about
    ("pid-benzene", "voc", 1),
    ("fid-purification", "nmhc", 2),
    ("fid-purification", "thc", 2),
    ("tsp-coal-hood", "tsp", 0),
    ("air-oven-top", "pm25", 0),
    ("air-oven-top", "pm10", 0),
    ("pid-oil-depot", "voc", 0),
    ("tsp-screen-hood", "tsp", 1),
    ("air-yard-exit", "pm25", 1),
    ("air-yard-exit", "pm10", 1),
)
COLUMNS: tuple[tuple[str, int, JustifyMethod], ...] = (
    ("instrument", 16, "left"),
    ("channel", 7, "left"),
    ("value", 6, "right"),
    ("unit", 5, "left"),
    ("flag", 24, "left"),
    ("age", 6, "right"),
)
ALARM_NAMES = {"unacked": "RAISED", "acked": "acknowledged"}
FLAG_STYLES = {"N": "green", "T": "bold red", "B": "bold yellow", "D": "bold yellow"}
ALARM_STYLES = {"unacked": "bold red", "returned": "yellow", "acked": "red"}


def draw(scene: Scene) -> Group:
    """The screen of one moment."""
    title = Text.assemble(
        (" FENCELINE ", "reverse bold"),
        f" sample station, {scene.elapsed_s:.0f} of {scene.seconds:.0f} s\n",
        (scene.caption, "bold"),
        "\n",
    )
    if scene.status is None:
        return Group(title, Text("the agent is starting ..."))
    return Group(
        title, _readings(scene.status), _lines(scene.status), _delivery(scene), *_alarms(scene.status)
    )


def _readings(status: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name, width, justify in COLUMNS:
        table.add_column(name, justify=justify, no_wrap=True, min_width=width)
    channels = {
        (instrument["id"], channel["channel"]): channel
        for instrument in status["instruments"]
        for channel in instrument["channels"]
    }
    for instrument, name, decimals in SHOWN:
        channel = channels[instrument, name]
        value, flag, age = channel["value"], channel["flag"] or "", channel["age_s"]
        why = f" {channel['conditions'][0]}" if channel["conditions"] else ""
        table.add_row(
            instrument,
            name,
            "-" if value is None else f"{value:.{decimals}f}",
            channel["unit"],
            Text(f"{flag}{why[:22]}", FLAG_STYLES.get(flag, "yellow")),
            "-" if age is None else f"{age:.1f} s",
        )
    return table


def _lines(status: dict[str, Any]) -> Text:
    text = Text("line load   ", style="dim")
    for line in status["lines"]:
        state = f"{line['load']:.0%}" if line["open"] else "port lost"
        text.append(f"{line['id']} {state}   ", style="default" if line["open"] else "bold red")
    return text


def _delivery(scene: Scene) -> Text:
    mqtt = scene.status["destinations"]["mqtt"] if scene.status else {}
    backlog = mqtt["backlog_owed"] + mqtt["live_owed"]
    text = Text("delivery    ", style="dim")
    if mqtt["connected"]:
        text.append(f"{scene.broker_kind}, MQTT {mqtt['protocol']}", style="green")
    else:
        text.append(f"{scene.broker_kind} is away", style="bold red")
    text.append(f"   delivered {scene.delivered}   backlog ", style="default")
    text.append(str(backlog), style="bold yellow" if backlog > 100 else "default")
    return text


def _alarms(status: dict[str, Any]) -> list[Text]:
    rows = []
    for alarm in status["alarms"]:
        style = ALARM_STYLES.get(alarm["state"], "green")
        text = Text("alarm       ", style="dim")
        state = ALARM_NAMES.get(alarm["state"], alarm["state"])
        text.append(f"{alarm['rule']:18} {state:13} {alarm['condition']}", style=style)
        rows.append(text)
    return rows


def print_summary(summary: dict[str, Any], console: Console) -> None:
    """The end of the story, in figures."""
    latency, loads = summary["alarm_latency_ms"], summary["line_load"]
    ok = summary["lost"] == 0 and summary["wrong"] == 0
    rows = (
        ("polled", f"{summary['polled']} values, said by the emulated instruments"),
        ("journalled", f"{summary['journalled']} readings on disk"),
        ("delivered", f"{summary['delivered']}, and {summary['duplicates']} of them twice"),
        ("lost, wrong", f"{summary['lost']}, {summary['wrong']}"),
        ("alarms", f"{summary['alarms_raised']} raised, {summary['alarms_cleared']} returned to normal"),
        ("alarm latency", f"median {latency['median']} ms, at most {latency['max']} ms"),
        ("line load", ", ".join(f"{line} {load:.0%}" for line, load in loads.items())),
        ("first delivery", f"{summary['first_delivery_s']} s after the agent's start"),
        ("agent", f"{summary['rss_mb']} MB, {summary['cpu_percent']} % of one core"),
    )
    console.print()
    for name, text in rows:
        console.print(f"{name:16}{text}", highlight=False)
    for detail in summary["details"]:
        console.print(f"  {detail}", highlight=False)
    console.print()
    console.print(
        "every reading arrived, and every one is right" if ok else "READINGS WERE LOST OR WRONG",
        style="bold green" if ok else "bold red",
        highlight=False,
    )
