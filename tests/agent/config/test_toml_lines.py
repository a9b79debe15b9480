"""The line index against TOML in every form: each value is a number that stands once in the text,
so that the text itself tells on which line it must be found."""

import tomllib
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.toml_lines import LineIndex, Path

BARE = st.sampled_from(["a", "b-1", "c_2", "3", "line"])
ODD = st.sampled_from(["a b", "x.y", 'quote"', "", "#no", "[k]", "é", "=\t'"])
# What must not be taken for structure when it stands in a text.
DECOYS = ("[[line]]", "a = 1", "# no comment", "]", "}", "'''", '\\"\\"\\"', "\\\\", ",", '\\"', "plain")
FILLERS = st.sampled_from(["", "\n", "  # [a] = {\n", "\n\n\t", " # '''\n  # \"\"\"\n"])
Draw = Callable[..., Any]


def written_key(draw: Draw, key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    forms = [f'"{escaped}"']
    if "'" not in key and "\t" not in key:
        forms.append(f"'{key}'")
    if key and all(char.isascii() and (char.isalnum() or char in "-_") for char in key):
        forms.append(key)
    return str(draw(st.sampled_from(forms)))


def scalar(draw: Draw, number: Iterator[int]) -> str:
    mark = next(number)
    decoy = draw(st.sampled_from(DECOYS))
    literal = decoy.replace("'''", "").replace("'", "")
    return str(
        draw(
            st.sampled_from(
                [
                    str(mark),
                    f"{mark}.5",
                    f'"{mark} {decoy}"',
                    f"'{mark} {literal}'",
                    f'"""{mark}\n{decoy}\n[x]\n"""',
                    f'"""{mark}""{decoy} """""',
                    f"'''{mark}\n{literal}\n[y] # '' \n'''''",
                    f"2026-11-24 02:20:08.{mark}",
                ]
            )
        )
    )


def value(draw: Draw, number: Iterator[int], depth: int) -> str:
    form = draw(st.sampled_from(["scalar", "scalar", "array", "inline"])) if depth else "scalar"
    if form == "array":
        items = [value(draw, number, depth - 1) for _ in range(draw(st.integers(0, 3)))]
        gaps = [draw(FILLERS) for _ in range(2 * len(items) + 1)]
        inner = ",".join(gaps[2 * at] + item + gaps[2 * at + 1] for at, item in enumerate(items))
        comma = "," if items and draw(st.booleans()) else ""
        return f"[{inner}{comma}{gaps[-1]}]"
    if form == "inline":
        keys = draw(st.lists(BARE | ODD, unique=True, max_size=3))
        pairs = [f"{written_key(draw, key)} = {value(draw, number, depth - 1)}" for key in keys]
        return "{ " + " , ".join(pairs) + " }"
    return scalar(draw, number)


def body(draw: Draw, number: Iterator[int]) -> list[str]:
    lines = []
    for key in draw(st.lists(BARE | ODD, unique=True, max_size=4)):
        written = written_key(draw, key)
        if draw(st.booleans()):
            written += " . " + written_key(draw, draw(BARE | ODD))
        lines.append(
            f"{draw(st.sampled_from(['', '  ']))}{written} = {value(draw, number, 2)}{draw(FILLERS)}"
        )
    return lines


@st.composite
def documents(draw: Draw) -> str:
    number = count(100_001)
    lines = [f"before.{key}" for key in body(draw, number)] if draw(st.booleans()) else []
    for table in draw(st.lists(st.sampled_from("ABCDE"), unique=True, max_size=3)):
        for _ in range(draw(st.integers(1, 3))) if draw(st.booleans()) else ():
            lines.append(f"[[ {table} ]]{draw(st.sampled_from(['', ' # ]']))}")
            lines += body(draw, number)
            lines += [f"[{table}.'sub' . {written_key(draw, draw(ODD))}]"]
            lines += body(draw, number)
            for _ in range(draw(st.integers(0, 2))):
                lines.append(f"[[{table}.inner]]")
                lines += body(draw, number)
    return str(draw(st.sampled_from(["\n", "\r\n"]))).join("\n".join(lines).split("\n"))


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, dict):
        for key, item in node.items():
            yield from leaves(item, (*path, key))
    elif isinstance(node, list):
        for at, item in enumerate(node):
            yield from leaves(item, (*path, at))
    else:
        yield path, node


def mark_of(leaf: Any) -> str:
    text = f"{leaf.microsecond:06d}" if hasattr(leaf, "microsecond") else str(leaf)
    return text[:6]


@given(text=documents())
def test_every_value_is_found_on_its_line(text: str) -> None:
    index = LineIndex(text)
    for path, leaf in leaves(tomllib.loads(text)):
        mark = mark_of(leaf)
        assert text.count(mark) == 1
        assert path in index
        assert index.line_of(path) == text[: text.index(mark)].count("\n") + 1


TEXT = """\
# a comment
top = 1

[station]
id = "gp-01"
tags = [
    "a", # "]"
    "b",
]

[[line]]
id = "a"

[[line]]
id = "b"
[line.extra.deep]
x.y = { "p q" = 1, r = [1,
  2] }
[other.'quoted.key']
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("station",), 4),
        (("station", "id"), 5),
        (("station", "missing"), 4),
        (("station", "tags", 1), 8),
        (("line",), 11),
        (("line", 0), 11),
        (("line", 0, "id"), 12),
        (("line", 1), 14),
        (("line", 1, "id"), 15),
        (("line", 1, "missing", "deeper"), 14),
        (("line", 1, "extra", "deep"), 16),
        (("line", 1, "extra", "deep", "x", "y", "p q"), 17),
        (("line", 1, "extra", "deep", "x", "y", "r", 1), 18),
        (("other", "quoted.key"), 19),
        (("nothing",), 1),
        ((), 1),
    ],
)
def test_lines_of_tables_and_keys(path: Path, line: int) -> None:
    assert LineIndex(TEXT).line_of(path) == line
