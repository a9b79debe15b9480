"""Shanghai BaoYing VOC cabinet with FID: a record with all its values and its flag, which comes unasked.

Its flag is a letter of HJ 212, which goes on as it is; any other letter is D.
Source: public driver rtuacq_protocol_voc_SHBaoYing.c. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import FLAGS, judged
from drivers.wire.baoying import QUANTITIES, ReadRecord

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "CONDITIONS", "SETTINGS", "SHARED_LINE", "BaoyingVoc"]

ABOUT = {
    "name": "baoying-voc",
    "vendor": "Shanghai BaoYing",
    "model": "VOC cabinet (CH4, THC, NMHC, BTX)",
    "class": "voc-fid",
    "protocol": "baoying-records",
    "sources": ["Yimning/Daily-Code: protocol/rtuacq_protocol_voc_SHBaoYing.c (site driver)"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "It speaks on its own, so it is alone on its line. Order, units and the flag's place are the "
    "site driver's; the numbers of the test are ours.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = ()
CONDITIONS = {  # HJ 212-2017, table 8
    "N": "",
    "F": "stopped",
    "M": "maintenance",
    "S": "set by hand",
    "D": "instrument fault",
    "C": "calibrating",
    "T": "over range",
    "B": "no communication with its analyser",
}


class BaoyingVoc:
    """It has no address and no settings."""

    channels = QUANTITIES

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None

    def questions(self) -> "tuple[ReadRecord, ...]":
        """What `measure` listens for."""
        return (ReadRecord(),)

    def measure(self) -> "Conversation":
        """The next record."""
        record = yield ReadRecord()
        if record.flag in FLAGS:
            causes = [(record.flag, CONDITIONS[record.flag])]
        else:
            causes = [("D", "flag %s of the instrument" % record.flag)]
        return [judged(name, value, unit, causes) for (name, unit), value in zip(QUANTITIES, record.values)]
