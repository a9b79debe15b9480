"""NMEA sentences from manuals. Runs on MicroPython too."""

from drivers.wire.nmea import Transducers, WindSentence, ask_transducers, ask_wind, ask_wmt700
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

WXT = "Vaisala WXT530 user guide M211840EN, "
WMT700 = "Vaisala WMT700 user guide M211095EN, checksum table"
RAIN = (
    "'$WIXDR,V,0.02,M,0,Z,30,s,0,R,2.7,M,0,V,0.0,M,1,Z,0,s,1,R,0.0,M,1,R,6.3,M,2,R,0.0,M,3*51<CR><LF>",
    (
        ("V", 0.02, "M", "0", "0.02"),
        ("Z", 30.0, "s", "0", "30"),
        ("R", 2.7, "M", "0", "2.7"),
        ("V", 0.0, "M", "1", "0.0"),
        ("Z", 0.0, "s", "1", "0"),
        ("R", 0.0, "M", "1", "0.0"),
        ("R", 6.3, "M", "2", "6.3"),
        ("R", 0.0, "M", "3", "0.0"),
    ),
)

FRAMES = (
    reply(WXT + "p. 120", Transducers(), *RAIN),
    reply(WXT + "p. 120", ask_transducers(), *RAIN),
    # Printed with 75; its check is 5C.
    refused(
        WXT + "p. 120",
        Transducers(),
        "'$WIXDR,C,23.3,C,0,C,24.0,C,1,H,50.1,P,0,P,1009.5,H,0*75<CR><LF>",
        "checksum",
    ),
    # Printed with 2D; its check is 3A.
    refused(
        WXT + "p. 120",
        Transducers(),
        "'$WIXDR,C,20.4,C,2,U,12.0,N,0,U,12.5,V,1,U,3.460,V,2,G,HEL/___,,4*2D<CR><LF>",
        "checksum",
    ),
    request(WXT + "MWV query", ask_wind(), "'$--WIQ,MWV*2F<CR><LF>"),
    reply(WXT + "MWV query", ask_wind(), "'$WIMWV,282,R,0.1,M,A*37<CR><LF>", (282.0, "R", 0.1, "M", True)),
    reply(
        WXT + "MWV query", WindSentence(), "'$WIMWV,282,R,0.1,M,A*37<CR><LF>", (282.0, "R", 0.1, "M", True)
    ),
    refused(WXT + "TXT", ask_wind(), "'$WITXT,01,01,08,Use chksum 2F*72<CR><LF>", "08"),
    refused(WXT + "TXT", ask_wind(), "'$WITXT,01,01,03,Unknown cmd error*1F<CR><LF>", "03"),
    # The manual prints WItXT; its check is that of this misprint, too.
    refused(WXT + "TXT", ask_wind(), "'$WItXT,01,01,01,Unable to measure error*6D<CR><LF>", "sentence"),
    refused(WXT + "TXT", WindSentence(), "'$WITXT,01,01,03,Unknown cmd error*1F<CR><LF>", "sentence"),
    request(WMT700, ask_wmt700("A"), "'$WIPAQ,*72<CR><LF>"),
    request(WMT700, ask_wmt700("B"), "'$WIPBQ,*71<CR><LF>"),
    request(WMT700, ask_wmt700("H"), "'$WIPHQ,*7B<CR><LF>"),
    request(WMT700, ask_wmt700("O"), "'$WIPOQ,*7C<CR><LF>"),
)
