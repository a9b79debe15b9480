"""`fenceline alarms`: the alarms of the running agent, and what people do with them."""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, echo_json, ending, folded, local_time, station_of

__all__ = ["app"]

app = typer.Typer(help="The alarms of the running agent.")

Rule = Annotated[str, typer.Argument(help="Id of the rule.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; your login name.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for those who read it later.")]
Config = Annotated[Path, typer.Option("--config", "-c", help="The station file.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as one JSON list.")]


@app.callback(invoke_without_command=True)
def alarms(context: typer.Context, config: Config = STATION_FILE, as_json: AsJson = False) -> None:
    """Every rule of the running agent and the state of its alarm; what has to be acted on first.

    Exit status: 0 it answered, 1 it did not, 2 the station file has errors.
    """
    if context.invoked_subcommand is not None:
        return
    answer = asked(config, "alarms", "alarms")
    if as_json:
        echo_json(answer["alarms"])
    else:
        from tools.alarms_text import alarms_text  # noqa: PLC0415 - it knows the agent, and --help need not

        typer.echo("\n".join(alarms_text(answer, station_of(config).utc_offset_min)))


@app.command()
def ack(rule: Rule, by: By = None, config: Config = STATION_FILE) -> None:
    """Take note of an alarm.

    Exit status: 0 it is acknowledged, 1 it is not, 2 the station file has errors.
    """
    _done(config, "ack", "acknowledge", rule, by)


@app.command()
def reset(rule: Rule, by: By = None, config: Config = STATION_FILE) -> None:
    """Let go of a latched alarm that has been acknowledged.

    Exit status: 0 it is reset, 1 it is not, 2 the station file has errors.
    """
    _done(config, "reset", "reset", rule, by)


@app.command()
def shelve(
    rule: Rule,
    why: Why,
    for_: Annotated[str | None, typer.Option("--for", help="How long, as in 2h.")] = None,
    by: By = None,
    config: Config = STATION_FILE,
) -> None:
    """Keep an alarm quiet for a time. It ends by itself: what stands then is raised anew.

    Exit status: 0 it is shelved, 1 it is not, 2 wrong usage, or the station file has errors.
    """
    from agent.config.alarm_schema import SHELF  # noqa: PLC0415 - help must not wait for it
    from agent.config.values import Wrong  # noqa: PLC0415

    try:
        for_ms = None if for_ is None else SHELF.parse(for_)
    except Wrong as wrong:
        raise ending("alarms shelve", 2, f"--for {for_}: {wrong.message}; {wrong.hint}") from None
    answer = _ask(config, "shelve", "shelve", rule, by, why=why, for_ms=for_ms)
    until = local_time(answer["until"], station_of(config).utc_offset_min)
    typer.echo(f"{answer['rule']}: {answer['state']} until {until}")


@app.command()
def unshelve(rule: Rule, by: By = None, config: Config = STATION_FILE) -> None:
    """End a shelf before its time: what stands now is raised.

    Exit status: 0 it is over, 1 it is not, 2 the station file has errors.
    """
    _done(config, "unshelve", "unshelve", rule, by)


@app.command()
def remove(rule: Rule, why: Why, by: By = None, config: Config = STATION_FILE) -> None:
    """Take an alarm out of service, for maintenance, until it is put back.

    Exit status: 0 it is out of service, 1 it is not, 2 the station file has errors.
    """
    _done(config, "remove", "remove", rule, by, why=why)


@app.command("put-back")
def put_back(rule: Rule, by: By = None, config: Config = STATION_FILE) -> None:
    """Put an alarm back into service: what stands now is raised.

    Exit status: 0 it is in service, 1 it is not, 2 the station file has errors.
    """
    _done(config, "put-back", "put-back", rule, by)


@app.command()
def history(
    rule: Annotated[str | None, typer.Argument(help="Id of the rule; left out: all of them.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", help="So many events.", min=1, max=500)] = 50,
    config: Config = STATION_FILE,
    as_json: AsJson = False,
) -> None:
    """What was told of alarms, the newest first, as far as the journal keeps it.

    Exit status: 0 it answered, 1 it did not, 2 wrong usage, or the station file has errors.
    """
    answer = asked(config, "alarms history", "alarm-history", rule=rule, count=count)
    if as_json:
        echo_json(answer["events"])
    else:
        from tools.alarms_text import history_text  # noqa: PLC0415

        typer.echo("\n".join(history_text(answer["events"], station_of(config).utc_offset_min)))


def _ask(
    config: Path, command: str, operation: str, rule: str, by: str | None, **more: Any
) -> dict[str, Any]:
    answer: dict[str, Any] = asked(
        config, f"alarms {command}", operation, rule=rule, by=by or getpass.getuser(), **more
    )
    return answer


def _done(config: Path, command: str, operation: str, rule: str, by: str | None, **more: Any) -> None:
    answer = _ask(config, command, operation, rule, by, **more)
    typer.echo(folded(f"{answer['rule']}: {answer['state']}"))
