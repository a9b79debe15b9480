"""The alarm's table against a second one, and the diagram of it in the documents."""

from pathlib import Path

from agent.alarms import EVENTS, STATES, TRANSITIONS, step

DOCS = Path(__file__).parents[2] / "docs"

# ISA-18.2, one column an event, one row a state, by the standard's letters; "." changes nothing.
#   high low latch ack reset shelve unshelve suppress unsuppress remove put-back
SECOND_TABLE = """
A B . . . . G . H . I .
B . D E C . G . H . I .
C . A F . . G . H . I .
D B . . A . G . H . I .
E B . . F . G . H . I .
F B . . . A G . H . I .
G . . . . . . A H . I .
H . . . . . . . . A I .
I . . . . . . . . . . A
"""


def test_every_pair_of_state_and_event_goes_where_a_second_table_says():
    letters = dict(zip("ABCDEFGHI", STATES, strict=True))
    pairs = set()
    for row in SECOND_TABLE.split("\n")[1:-1]:
        letter, *cells = row.split()
        for event, cell in zip(EVENTS, cells, strict=True):
            state = letters[letter]
            after, transition = step(state, event)
            assert after == (state if cell == "." else letters[cell]), (state, event)
            assert (transition is None) == (cell == "."), (state, event)
            pairs.add((state, event))
    assert len(pairs) == len(STATES) * len(EVENTS)
    assert set(TRANSITIONS) <= pairs


def test_what_is_journalled_names_where_it_leads():
    """One word may not lead to two kinds of state: the platform has only the word."""
    quiet = {"shelved": "shelved", "suppressed": "suppressed", "removed": "out-of-service"}
    for (_, event), (after, word) in TRANSITIONS.items():
        assert (word == "raised") == (after == "unacked") == (event == "high")
        assert quiet.get(word, after) == after


def diagram():
    """The table as a Mermaid diagram; the ways into G, H and I are one arrow each from all states."""
    lines = ["stateDiagram-v2"]
    for (state, event), (after, _) in TRANSITIONS.items():
        if event not in ("shelve", "suppress", "remove"):
            lines.append(f"    {state.replace('-', '_')} --> {after.replace('-', '_')}: {event}")
    for event in ("shelve", "suppress", "remove"):
        sources = [state for state, name in TRANSITIONS if name == event]
        after = TRANSITIONS[sources[0], event][0]
        lines.append(f"    note right of {after.replace('-', '_')}: {event} from {', '.join(sources)}")
    return "\n".join(lines)


def test_the_diagram_in_the_documents_is_the_tables():
    wanted = f"```mermaid\n{diagram()}\n```\n"
    assert wanted in (DOCS / "alarms.md").read_text(), f"put this into docs/alarms.md:\n{wanted}"
