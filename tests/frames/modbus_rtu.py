"""Modbus RTU frames from manuals, vendors' pages and public drivers. Runs on MicroPython too."""

from drivers.exchange import WireError
from drivers.registers import decode
from drivers.wire.modbus_pdu import WriteCoil, WriteCoils, WriteRegister
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, crc16
from tests.frames.row import refused, reply, request, unfinished

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True


class Numbers:
    """What the registers of an answer mean: numbers of one type and order, in a row."""

    def __init__(self, question, type_name, order, size):
        self.question, self.type_name, self.order, self.size = question, type_name, order, size

    def parse(self, frame):
        words = self.question.parse(frame)
        starts = range(0, len(words), self.size)
        return [decode(words[at : at + self.size], self.type_name, self.order) for at in starts]


class Printed:
    """A question as a page prints it: is its CRC right?"""

    def parse(self, frame):
        due, got = crc16(frame[:-2]), frame[-2] | frame[-1] << 8
        if due != got:
            raise WireError("CRC", due, got)
        return frame


RAEGUARD = "Honeywell RAEGuard 3 manual p. 81"
LANBAO = "driver rtuacq_protocol_voc_SHLanBao.c"
BOLING = "Wuhan Boling dust protocol, faithinnature.com.cn/557/653/217"
DM601 = "driver rtuacq_protocol_TSP_ZhongXing_DM601_Low.c"
SCS900 = "driver rtuacq_protocol_cems_BJXueDiLong_scs900uv.c"
XUNCHIP = "XunChip XM8589 and XM8335 pages"
MICRO_STATION = "public driver SN3003FSXCSN01"
RELAYS = "LC-type 8-channel relay board, blog.csdn.net/weixin_43176183/112915034"
HNAG = "HNAG1000-4-G gas probe protocol, nidaulislam.com/show-49-3545-1.html"
HONEYEAGLE = "Honeyeagle probe instruction set, bgkbx.com/show-11-3508-1.html"
CO2 = "CO2 transmitter page, m.aiav.com.cn/jsfa/8525.html"
JUGUANG = "driver rtuacq_protocol_cems_JuGuang_HeBei_2000D.c"
SICK = "driver rtuacq_protocol_cems_XiKeMaiHaKe_PLC_MCS100FT.c"
SICK_NEW = "driver rtuacq_protocol_cems_XiKeMaiHaKe_PLC_MCS100FT_New.c"
DCEM = "driver rtuacq_protocol_cems_HBManDeKe_DCEM3000.c"
MODEL4000 = "driver rtuacq_protocol_cems_BJXueDiLong_MODEL4000.c"
WANANDI = "driver rtuacq_protocol_voc_WanAnDi.c (frame built from its call)"

VOC = ReadRegisters(1, 3, 8, 2)
NMHC = ReadRegisters(201, 3, 0, 28)
PM10 = ReadRegisters(1, 3, 2, 2)
HEBEI_STATE = ReadRegisters(1, 3, 100, 3)
LASER_DUST = ReadRegisters(1, 4, 0x7E, 2)
ANALOG = ReadRegisters(1, 3, 0x96, 4)
SCS900_CALIBRATION = ReadRegisters(1, 3, 0x0FA4, 5)
FIRST = ReadRegisters(1, 3, 0, 1)
LOW_ALARM = ReadRegisters(1, 3, 1, 1)
REGISTER_5 = ReadRegisters(1, 3, 5, 1)
NOX = ReadRegisters(1, 3, 0, 6)
NOX_PARAMETERS = ReadRegisters(1, 3, 2, 35)
COUNTS = ReadRegisters(1, 3, 0x96, 8)
DCEM_FACTORS = ReadRegisters(1, 4, 12, 17)
WRITE_LOW_ALARM = RtuRequest(4, WriteRegister(5, 250))  # 25.0 % LEL

VENDORS = (
    request(RAEGUARD, VOC, "01 03 00 08 00 02 45 C9"),
    reply(RAEGUARD, Numbers(VOC, "uint32", "ABCD", 2), "01 03 04 00 00 00 D1 3A 6F", [209]),
    request(BOLING, ReadRegisters(1, 3, 0, 2), "01 03 00 00 00 02 C4 0B"),
    request(BOLING, PM10, "01 03 00 02 00 02 65 CB"),
    reply(BOLING, Numbers(PM10, "int32", "ABCD", 2), "01 03 04 00 00 00 42 7A 02", [66]),
    # The upper limit of TSP; the page does not print which of registers 6, 8 and 10 was asked.
    reply(
        BOLING,
        Numbers(ReadRegisters(1, 3, 6, 2), "int32", "ABCD", 2),
        "01 03 04 00 00 13 88 F7 65",
        [5000],
    ),
    # PM2.5 as printed: the CRC is that of the PM10 line.
    refused(BOLING, Printed(), "01 03 00 04 00 02 65 CB", "CRC"),
    request(XUNCHIP, FIRST, "01 03 00 00 00 01 84 0A"),
    reply(XUNCHIP, FIRST, "01 03 02 00 79 79 A6", (121,)),
    request("Waveshare wiki, Analog Input 8CH", ReadRegisters(1, 4, 0, 8), "01 04 00 00 00 08 F1 CC"),
    request(
        "SICK VISIC100SF instructions 8017171 p. 40",
        ReadRegisters(101, 3, 100, 2),
        "65 03 00 64 00 02 8D F0",
    ),
    request(HNAG, WRITE_LOW_ALARM, "04 06 00 05 00 FA 19 DD"),
    reply(HNAG, WRITE_LOW_ALARM, "04 06 00 05 00 FA 19 DD", (5, 250)),
    request(HONEYEAGLE, LOW_ALARM, "01 03 00 01 00 01 D5 CA"),
    reply(HONEYEAGLE, LOW_ALARM, "01 03 02 00 40 B9 B4", (64,)),
    request(HONEYEAGLE, ReadRegisters(1, 3, 2, 1), "01 03 00 02 00 01 25 CA"),
    request(CO2, REGISTER_5, "01 03 00 05 00 01 94 0B"),
    # As printed; the CRC of 451 would be F9 85.
    refused(CO2, REGISTER_5, "01 03 02 01 C3 78 35", "CRC"),
    request(RELAYS, RtuRequest(255, WriteCoil(0, True)), "FF 05 00 00 FF 00 99 E4"),
    request(RELAYS, RtuRequest(255, WriteCoil(0, False)), "FF 05 00 00 00 00 D8 14"),
    request(RELAYS, RtuRequest(255, WriteCoils(0, [True] * 8)), "FF 0F 00 00 00 08 01 FF 30 1D"),
    # Whoever is alone on the bus says its address.
    request(
        "CWT small weather station, vendor's configuration tool",
        ReadRegisters(255, 3, 0x07D0, 1),
        "FF 03 07 D0 00 01 91 59",
    ),
    reply(
        "RS485-TH, microrobotics: 27.3 degC, 62.6 %RH",
        ReadRegisters(1, 3, 0, 2),
        "01 03 04 01 11 02 72 2A 8F",
        (273, 626),
    ),
    # The body stands in the document, the CRC was computed.
    request("JXBS air board documents", ReadRegisters(1, 3, 6, 1), "01 03 00 06 00 01 64 0B"),
)

DRIVERS = (
    request(LANBAO, NMHC, "C9 03 00 00 00 1C 54 4B"),
    # 85.4 degC, -18.4 Pa, NMHC 0.483; the driver's comment has FF FF where the CRC stood.
    refused(
        LANBAO,
        NMHC,
        "C9 03 38 CC CC 42 AA 33 33 C1 93 14 7A 41 CE EB 85 41 85 00 00 00 00 00 00 00 00 4B C6 3E F7 "
        "00 00 00 00 B8 51 3F 9E A3 D7 40 A0 51 EB 3F 38 E1 47 3F 3A A3 D7 3F 70 D8 93 42 87 FF FF",
        "CRC",
    ),
    request(DM601, ReadRegisters(1, 3, 0, 4), "01 03 00 00 00 04 44 09"),
    request(DM601, HEBEI_STATE, "01 03 00 64 00 03 44 14"),
    reply(DM601, HEBEI_STATE, "01 03 06 00 00 00 00 00 00 21 75", (0, 0, 0)),
    # State 1 is maintenance in this map.
    reply(
        "driver rtuacq_protocol_cems_ZhongKe.c", HEBEI_STATE, "01 03 06 00 01 00 00 00 00 1C B5", (1, 0, 0)
    ),
    request(
        "driver rtuacq_protocol_tsp_NJBoRui_MD6000.c",
        ReadRegisters(1, 3, 0x0100, 2),
        "01 03 01 00 00 02 C5 F7",
    ),
    request("driver rtuacq_protocol_tsp_QDJiaMing_LaserDustMP.c", LASER_DUST, "01 04 00 7E 00 02 11 D3"),
    reply(
        "driver rtuacq_protocol_tsp_QDJiaMing_LaserDustMP.c",
        Numbers(LASER_DUST, "float32", "ABCD", 2),
        "01 04 04 42 48 00 00 6F EA",
        [50.0],
    ),
    request(
        "driver rtuacq_protocol_cems_ZhongKe_TR216I.c",
        ReadRegisters(1, 3, 0x55, 2),
        "01 03 00 55 00 02 D4 1B",
    ),
    request(SICK, ANALOG, "01 03 00 96 00 04 A4 25"),
    # It counts eight data bytes and has six; its CRC is right. Held against what was asked it only
    # lacks bytes, against a question of six it is wrong.
    unfinished(SICK, ANALOG, "01 03 08 16 23 16 24 16 25 82 7C"),
    refused(SICK, ReadRegisters(1, 3, 0x96, 3), "01 03 08 16 23 16 24 16 25 82 7C", "byte count"),
    request(
        "driver rtuacq_protocol_cems_XiKeMaiHaKe_MCS100FT.c",
        ReadRegisters(1, 4, 0x89, 18),
        "01 04 00 89 00 12 A1 ED",
    ),
    request(SICK_NEW, COUNTS, "01 03 00 96 00 08 A4 20"),
    reply(
        SICK_NEW,
        COUNTS,
        "01 03 10 20 23 20 24 20 25 20 26 20 27 20 28 20 29 20 30 B7 84",
        (0x2023, 0x2024, 0x2025, 0x2026, 0x2027, 0x2028, 0x2029, 0x2030),
    ),
    request(SCS900, SCS900_CALIBRATION, "01 03 0F A4 00 05 C7 3E"),
    reply(
        SCS900,
        SCS900_CALIBRATION,
        "01 03 0A 40 CD 00 00 15 9A 15 9A 6A 00 7E AD",
        (0x40CD, 0, 0x159A, 0x159A, 0x6A00),
    ),
    request(
        "driver rtuacq_protocol_cems_HBKaiErUniMAT120.c",
        ReadRegisters(0x30, 3, 0x1000, 16),
        "30 03 10 00 00 10 44 E7",
    ),
    request(MICRO_STATION, ReadRegisters(1, 3, 500, 1), "01 03 01 F4 00 01 C4 04"),
    request(MICRO_STATION, ReadRegisters(1, 3, 503, 1), "01 03 01 F7 00 01 34 04"),
    request(MICRO_STATION, ReadRegisters(1, 3, 504, 2), "01 03 01 F8 00 02 44 06"),
    request(MICRO_STATION, ReadRegisters(1, 3, 506, 1), "01 03 01 FA 00 01 A5 C7"),
    request(MICRO_STATION, ReadRegisters(1, 3, 507, 1), "01 03 01 FB 00 01 F4 07"),
    request(MICRO_STATION, ReadRegisters(1, 3, 508, 1), "01 03 01 FC 00 01 45 C6"),
    request(MICRO_STATION, ReadRegisters(1, 3, 509, 1), "01 03 01 FD 00 01 14 06"),
    request(
        "Renke RS-FSXCS-N01 public drivers (frame built from their call)",
        ReadRegisters(1, 3, 500, 16),
        "01 03 01 F4 00 10 04 08",
    ),
    request(JUGUANG, NOX_PARAMETERS, "01 03 00 02 00 23 A5 D3"),
    request(JUGUANG, NOX, "01 03 00 00 00 06 C5 C8"),
    reply(
        JUGUANG,
        Numbers(NOX, "float32", "CDAB", 2),
        "01 03 0C 1C D5 3F 8E 1C D5 3F 8E 1C D5 3F 8E 89 81",
        [1.1102549, 1.1102549, 1.1102549],
    ),
    # Four coefficients, a time in BCD (2020-12-09 09:09), a coefficient, two more times.
    reply(
        JUGUANG,
        NOX_PARAMETERS,
        "01 03 46 1C D5 3F 8E 1C D5 3F 8E 1C D5 3F 8E 1C D5 3F 8E 20 20 12 09 09 09 00 00 1C D5 3F 8E "
        "20 21 01 09 09 09 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 20 21 01 09 00 00 00 00 D5 8C",
        (0x1CD5, 0x3F8E) * 4
        + (0x2020, 0x1209, 0x0909, 0, 0x1CD5, 0x3F8E, 0x2021, 0x0109, 0x0909)
        + (0,) * 14
        + (0x2021, 0x0109, 0, 0),
    ),
    request(
        "driver rtuacq_protocol_cems_JuGuang_ai_JinDing.c",
        ReadRegisters(3, 3, 0, 17),
        "03 03 00 00 00 11 84 24",
    ),
    request(
        "driver rtuacq_protocol_cems_HBHeFengCEMS.c", ReadRegisters(1, 3, 0, 20), "01 03 00 00 00 14 45 C5"
    ),
    request(
        "driver rtuacq_protocol_cems_BJXueDiLong_SCS_900CPM.c",
        ReadRegisters(1, 3, 0x1A, 2),
        "01 03 00 1A 00 02 E5 CC",
    ),
    request(DCEM, DCEM_FACTORS, "01 04 00 0C 00 11 F0 05"),
    # Eight factors, whose bytes are place-holders of the driver's author, and the state word.
    reply(
        DCEM,
        DCEM_FACTORS,
        "01 04 22 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 32 33 41 03 "
        "32 33 41 03 00 00 5F 65",
        (0x3233, 0x4103) * 8 + (0,),
    ),
    request(MODEL4000, ReadRegisters(1, 3, 100, 1), "01 03 00 64 00 01 C5 D5"),
    request(MODEL4000, ReadRegisters(1, 3, 200, 28), "01 03 00 C8 00 1C C5 FD"),
    request(WANANDI, ReadRegisters(1, 3, 0x0152, 2), "01 03 01 52 00 02 64 26"),
    request(WANANDI, ReadRegisters(1, 3, 0x0252, 2), "01 03 02 52 00 02 64 62"),
    request(
        "Singoan SGA public driver (frame built from its call)",
        ReadRegisters(1, 3, 0x0100, 9),
        "01 03 01 00 00 09 84 30",
    ),
)

FRAMES = VENDORS + DRIVERS
