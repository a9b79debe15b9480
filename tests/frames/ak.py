"""AK frames from manuals and public drivers. Runs on MicroPython too."""

from drivers.wire.ak import AkRegister, AkRequest, number
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]


class Values:
    """What the words of an answer say as numbers; None where a word is marked as invalid."""

    def __init__(self, question):
        self.question = question

    def parse(self, frame):
        status, words = self.question.parse(frame)
        return status, [number(word) for word in words]


EMERSON = "Emerson AK manual 90003752 p. 1-3"
CAI = "CAI 700M HFID manual p. 155"
TEOM = "public TEOM 1405 driver, Datalogger2 AkProtocol.scala"
TEOM_1400 = "layout of public TEOM 1400a drivers; the number is ours"

FRAMES = (
    request(EMERSON, AkRequest("AKON"), "02 20 41 4B 4F 4E 20 4B 30 03"),
    # p. 153 prints this code as STZ, and says on the same page that it echoes ASTZ.
    reply(CAI, AkRequest("ASTZ"), "'<STX>_ASTZ 0 SREM STBY<ETX>", (0, ("SREM", "STBY"))),
    refused(CAI, AkRequest("AKON"), "'<STX>_???? 0<ETX>", "????"),
    reply(CAI, AkRequest("AIKG"), "'<STX>_AIKG 0 #9999<ETX>", (0, ("#9999",))),
    reply(CAI, Values(AkRequest("AIKG")), "'<STX>_AIKG 0 #9999<ETX>", (0, [None])),
    refused(CAI, AkRequest("ATEM"), "'<STX>_ATEM 0 3 NA<ETX>", "NA"),
    refused(CAI, AkRequest("ESYZ"), "'<STX>_ESYZ 0 SE<ETX>", "SE"),
    refused(CAI, AkRequest("SLIN"), "'<STX>_SLIN 0 K0 OF<ETX>", "OF"),
    refused(CAI, AkRequest("SMAN"), "'<STX>_SMAN 0 BS<ETX>", "BS"),
    refused(CAI, AkRequest("AKON"), "'<STX>_ASTZ 0 SREM STBY<ETX>", "echoed code"),
    refused("Emerson AK manual p. 1-13", AkRequest("SREM"), "'<STX> SREM 1 K0 OF K2 NA<ETX>", "NA"),
    refused("Emerson AK manual p. 1-17", AkRequest("EKAK", 1), "'<STX> EKAK 0 K1 DF<ETX>", "DF"),
    reply("Emerson AK manual p. 2-73", AkRequest("ASTA"), "'<STX> ASTA 7 K1 K4<ETX>", (7, ("K1", "K4"))),
    request(TEOM, AkRegister(245), "02 30 41 52 45 47 20 4B 30 20 32 34 35 03"),
    reply(TEOM_1400, AkRegister(8), "'<STX>0AREG 0 8 100.5<ETX><CR><LF>", ("0", 100.5)),
    refused(TEOM_1400, AkRegister(9), "'<STX>0AREG 0 8 100.5<ETX><CR><LF>", "echoed register"),
    refused(TEOM_1400, AkRegister(8), "'<STX>0AREG 0 SE<ETX><CR><LF>", "SE"),
)
