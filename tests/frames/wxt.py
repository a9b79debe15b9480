"""Vaisala WXT ASCII frames from manuals. Runs on MicroPython too."""

from drivers.wire.wxt import (
    COMPOSITE,
    PTU,
    RAIN,
    SUPERVISOR,
    WIND,
    Query,
    ReadSettings,
    ResetRain,
)
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

WXT530 = "Vaisala WXT530 user guide M211840EN, "
WXT510 = "Vaisala WXT510 user guide M210470EN, p. 65-66"

WXT510_RESET = "Vaisala WXT510 user guide, p. 57"
XU = "A=0,M=P,T=0,C=2,I=0,B=19200,D=8,P=N,S=1,L=25,N=WXT530,V=1.00"

FRAMES = (
    request(WXT530 + "aR1", Query("0", WIND, crc=False), "'0R1<CR><LF>"),
    reply(
        WXT530 + "aR1",
        Query("0", WIND, crc=False),
        "'0R1,Dn=236D,Dm=283D,Dx=031D,Sn=0.0M,Sm=1.0M,Sx=2.2M<CR><LF>",
        (
            ("Dn", 236.0, "D"),
            ("Dm", 283.0, "D"),
            ("Dx", 31.0, "D"),
            ("Sn", 0.0, "M"),
            ("Sm", 1.0, "M"),
            ("Sx", 2.2, "M"),
        ),
    ),
    reply(
        WXT530 + "aR2",
        Query("0", PTU, crc=False),
        "'0R2,Ta=23.6C,Ua=14.2P,Pa=1026.6H<CR><LF>",
        (("Ta", 23.6, "C"), ("Ua", 14.2, "P"), ("Pa", 1026.6, "H")),
    ),
    reply(
        "Vaisala WXT520 user guide M210906EN, p. 76",
        Query("0", SUPERVISOR, crc=False),
        "'0R5,Th=76.1F,Vh=11.5N,Vs=11.5V,Vr=3.510V,Id=HEL___<CR><LF>",
        (("Th", 76.1, "F"), ("Vh", 11.5, "N"), ("Vs", 11.5, "V"), ("Vr", 3.51, "V"), ("Id", None, "HEL___")),
    ),
    refused(WXT530 + "TX", Query("0", WIND, crc=False), "'0TX,Unable to measure error<CR><LF>", "text"),
    request(WXT530 + "p. 89", Query("0", WIND), "'0r1Goe<CR><LF>"),
    request(WXT510, Query("0", PTU), "'0r2Gje<CR><LF>"),
    request(WXT510, Query("0", RAIN), "'0r3Kid<CR><LF>"),
    request(WXT510, Query("0", SUPERVISOR), "'0r5Kcd<CR><LF>"),
    request(WXT510, Query("0", COMPOSITE), "'0r0Kld<CR><LF>"),
    # Printed with LFj; its CRC is J\Y.
    refused(
        WXT530 + "p. 89",
        Query("0", WIND),
        "'0r1,Dn=236D,Dm=283D,Dx=031D,Sn=0.0M,Sm=1.0M,Sx=2.2MLFj<CR><LF>",
        "CRC",
    ),
    reply(
        WXT510,
        Query("0", WIND),
        "'0r1,Sn=0.1M,Sm=0.1M,Sx=0.1MGOG<CR><LF>",
        (("Sn", 0.1, "M"), ("Sm", 0.1, "M"), ("Sx", 0.1, "M")),
    ),
    reply(
        WXT510,
        Query("0", PTU),
        "'0r2,Ta=22.7C,Ua=55.5P,Pa=1004.7H@Fn<CR><LF>",
        (("Ta", 22.7, "C"), ("Ua", 55.5, "P"), ("Pa", 1004.7, "H")),
    ),
    reply(
        WXT510,
        Query("0", RAIN),
        "'0r3,Rc=0.00M,Rd=0s,Ri=0.0MIlm<CR><LF>",
        (("Rc", 0.0, "M"), ("Rd", 0.0, "s"), ("Ri", 0.0, "M")),
    ),
    reply(
        WXT510,
        Query("0", SUPERVISOR),
        "'0r5,Th=25.0C,Vh=10.6#,Vs=10.8V,Vr=3.369VO]T<CR><LF>",
        (("Th", 25.0, "C"), ("Vh", 10.6, "#"), ("Vs", 10.8, "V"), ("Vr", 3.369, "V")),
    ),
    request(WXT510_RESET, ResetRain("0"), "'0XZRU<CR><LF>"),
    request("WXT530 user guide p. 74", ReadSettings("0"), "'0XU<CR><LF>"),
    reply(
        "WXT530 user guide p. 74",
        ReadSettings("0"),
        "'0XU," + XU + "<CR><LF>",
        {part[0]: part[2:] for part in XU.split(",")},
    ),
    refused(WXT510, Query("0", WIND), "'0tX,Use chksum GoeIU~<CR><LF>", "text"),
)
