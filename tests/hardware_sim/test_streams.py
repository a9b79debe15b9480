"""Instruments that speak on their own, on a real pty: at their own times, and only while told to."""

from typing import Any

BENCH = {
    "line": [{"id": "a", "baud": 9600}],
    "instrument": [
        {
            "id": "thc",
            "line": "a",
            "driver": "casella-microdust-pro",
            "address": 0,
            "settings": {"channel": "tsp", "unit": "mg/m3"},
            "values": {"dust": 2.87},
        }
    ],
}


def test_a_line_each_second_from_x_to_z(serve: Any, master: Any) -> None:
    served = serve(BENCH)
    raw = master(served.path())
    raw.send(b"X")
    assert raw.read(12, 3.0) == b"2.87\r\n2.87\r\n"
    first, second = served.answers(2)[:2]
    assert first["values"] == {"dust": 2.87}
    assert first["request"] == ""
    assert 990 < second["mono"] - first["mono"] < 1010
    raw.send(b"Z")
    assert raw.read(6, 1.5) == b""
