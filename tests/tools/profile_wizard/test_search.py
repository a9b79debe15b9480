"""What is shown of what fits, and how narrow."""

from tools.profile_wizard.matches import Block, Look, Match, Snapshot, matches, shown
from tools.profile_wizard.search import likely, table


def found(text: str, *tables: list[int]) -> list[Match]:
    return matches([Look(shown(text), [Snapshot([Block("input", 1000, tuple(words))]) for words in tables])])


def test_what_only_passed_over_the_number_is_kept_and_not_shown() -> None:
    both = found("12.3", [9, 123, 9, 120, 9], [9, 123, 9, 125, 9])
    assert {(match.register, match.rough) for match in both if match.type == "uint16"} == {
        (1001, 0),
        (1003, 1),
    }
    assert {match.register for match in likely(both)} == {1001}
    passed = found("12.3", [9, 120, 9], [9, 125, 9])
    assert likely(passed) == passed[:1], "where nothing better is there, it is shown"


def test_never_more_rows_than_letters_nor_wider_than_a_phone() -> None:
    many = found("0", [0] * 40)
    rows = table(likely(many), 50)
    assert len(many) > len(rows) == 8
    assert [row[1] for row in rows] == list("abcdefgh")
    assert max(map(len, rows)) <= 50
    assert likely([]) == []
