"""DCON frames from manuals and a public driver. Runs on MicroPython too."""

from drivers.wire.dcon import ReadConfiguration, ReadInput, ReadInputs, ReadName
from drivers.wire.dcon_outputs import (
    ClearTimeout,
    HostIsWell,
    ReadOutputs,
    ReadReset,
    ReadSafeValue,
    ReadWatchdog,
    SetWatchdog,
    SwitchOutput,
)
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

SITE = "Yimning/Daily-Code: rtuacq_protocol_cems_GermanySick_pack1.c, ai_7017rc.c"
ADAM = "Advantech ADAM-4000 manual"
NUDAM = "ADLINK NuDAM manual, 1.10"
DIO = "ICP DAS I-7000 DIO manual B1.2, "
CB = "Measurement Computing CB-7000 DIO manual, "
EX = "expertdaq EX-9060D manual, 2.10"

EIGHT = "'>+08.074+05.794+07.228+07.748+05.763+06.812+11.576+14.668<CR>"
VOLTS = "'>+7.2111+7.2567+7.3125+7.1000+7.4712+7.2555+7.1234+7.5678<CR>"

FRAMES = (
    request(SITE, ReadInputs(1, 8, False), "23 30 31 0D"),
    reply(SITE, ReadInputs(1, 8, False), EIGHT, (8.074, 5.794, 7.228, 7.748, 5.763, 6.812, 11.576, 14.668)),
    request(ADAM + " p. 5-13", ReadInputs(0x21, 8, False), "'#21<CR>"),
    reply(
        ADAM + " p. 5-13",
        ReadInputs(0x21, 8, False),
        VOLTS,
        (7.2111, 7.2567, 7.3125, 7.1, 7.4712, 7.2555, 7.1234, 7.5678),
    ),
    request(ADAM + " p. 5-15", ReadInput(0x12, 0, False), "'#120<CR>"),
    reply(ADAM + " p. 5-15", ReadInput(0x12, 0, False), "'>+1.4567<CR>", (1.4567,)),
    request(ADAM + " p. 5-10", ReadConfiguration(0x45, False), "'$452<CR>"),
    reply(ADAM + " p. 5-10", ReadConfiguration(0x45, False), "'!45050600<CR>", (5, 6, 0)),
    refused(ADAM + " p. 5-9", ReadConfiguration(0x45, False), "'?45<CR>", "?"),
    refused(ADAM + " p. 5-10", ReadConfiguration(0x44, False), "'!45050600<CR>", "address"),
    # The data format "two's complement": not the engineering units that this codec reads.
    refused(ADAM + " p. 5-14", ReadInputs(0xDE, 1, False), "'>FF5D<CR>", "answer"),
    refused(ADAM + " p. 5-14", ReadInputs(0xD1, 1, False), "'>+9999<CR>", "answer"),
    # Appendix F prints this answer without its `>`, and says in its sum that it is there.
    request(ADAM + " p. F-2", ReadInputs(5, 1, True), "'#0588<CR>"),
    reply(ADAM + " p. F-2", ReadInputs(5, 1, True), "'>+3.56719D<CR>", (3.5671,)),
    refused(ADAM + " p. F-2", ReadInputs(5, 1, True), "'>+3.56729D<CR>", "checksum"),
    request(NUDAM, ReadConfiguration(1, True), "'$012B7<CR>"),
    reply(NUDAM, ReadConfiguration(1, True), "'!01400600AC<CR>", (0x40, 6, 0)),
    request(EX, ReadName(1, False), "'$01M<CR>"),
    reply(EX, ReadName(1, False), "'!019060M<CR>", "9060M"),
    request(CB + "2.3", SwitchOutput(2, 0, True, False), "'#021001<CR>"),
    reply(DIO + "2.3", SwitchOutput(2, 0, True, False), "'><CR>", True),
    refused(DIO + "2.3", SwitchOutput(2, 0, True, False), "'!<CR>", "!"),
    refused(DIO + "2.3", SwitchOutput(2, 0, True, False), "'?<CR>", "?"),
    request(DIO + "2.7", ReadReset(1, False), "'$015<CR>"),
    reply(DIO + "2.7", ReadReset(1, False), "'!011<CR>", True),
    reply(DIO + "2.7", ReadReset(1, False), "'!010<CR>", False),
    request(DIO + "2.8", ReadOutputs(1, False), "'$016<CR>"),
    # Of an I-7060, which has inputs: by the text the first byte is theirs, and only the form is shown.
    reply(DIO + "2.8", ReadOutputs(1, False), "'!0F0000<CR>", 0x0F),
    request(DIO + "2.17", HostIsWell(1, False), "'~**<CR>"),
    request(DIO + "2.21", ReadWatchdog(1, False), "'~010<CR>"),
    reply(DIO + "2.21", ReadWatchdog(1, False), "'!0100<CR>", 0),
    reply(DIO + "2.21", ReadWatchdog(1, False), "'!0104<CR>", 4),
    request(DIO + "2.21", SetWatchdog(1, 100, False), "'~013164<CR>"),
    reply(DIO + "2.21", SetWatchdog(1, 100, False), "'!01<CR>", True),
    request(DIO + "2.21", ClearTimeout(1, False), "'~011<CR>"),
    reply(DIO + "2.21", ClearTimeout(1, False), "'!01<CR>", True),
    request(CB + "2.23", ReadSafeValue(1, False), "'~014S<CR>"),
    reply(CB + "2.23", ReadSafeValue(1, False), "'!015500<CR>", 0x55),
)
