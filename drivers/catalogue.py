"""The named drivers: profiles in `profiles/` and the Python drivers listed here.

The gateway's side only: a board is given its profiles as dicts and knows its driver.
"""

import tomllib
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from drivers.exchange import Conversation, Request
from drivers.profile_commands import command_names
from drivers.registers import RegisterDriver
from drivers.wire.modbus_rtu import RtuRequest

if TYPE_CHECKING:
    from drivers.registers import Framing

__all__ = [
    "OPERATIONS",
    "Description",
    "Driver",
    "channels_of",
    "create",
    "describe",
    "load_profile",
    "load_relay",
    "names",
    "proof",
    "relay_names",
    "sample_settings",
]

PROFILES = Path(__file__).parent / "profiles"
RELAYS = Path(__file__).parent / "relays"  # as drivers.relay_module describes them
PYTHON_DRIVERS = {
    "adam-4017": ("drivers.adam_4017", "Adam4017"),
    "aeroqual-aqm": ("drivers.aeroqual_aqm", "AeroqualAqm"),
    "aeroqual-sm70": ("drivers.aeroqual_sm70", "AeroqualSm70"),
    "anrongxin-lss2014": ("drivers.lss2014", "Lss2014"),
    "baoying-voc": ("drivers.baoying_voc", "BaoyingVoc"),
    "baseline-9000": ("drivers.baseline_9000", "Baseline9000"),
    "cai-hfid": ("drivers.cai_hfid", "CaiHfid"),
    "casella-microdust-pro": ("drivers.casella_microdust", "CasellaMicrodust"),
    "cubic-pm1006k": ("drivers.cubic_pm1006k", "CubicPm1006k"),
    "cubic-pm2012": ("drivers.cubic_pm2012", "CubicPm2012"),
    "davis-vantage": ("drivers.davis_vantage", "DavisVantage"),
    "durag-f701-20": ("drivers.durag_f701", "DuragF701"),
    "ecotech-serinus": ("drivers.ecotech_serinus", "EcotechSerinus"),
    "emerson-nga2000": ("drivers.emerson_nga2000", "EmersonNga2000"),
    "gill-maximet": ("drivers.gill_maximet", "GillMaximet"),
    "gill-maximet-sdi12": ("drivers.gill_maximet_sdi12", "GillMaximetSdi12"),
    "gill-windsonic": ("drivers.gill_windsonic", "GillWindsonic"),
    "grimm-180": ("drivers.grimm_180", "Grimm180"),
    "honeywell-hpma115": ("drivers.honeywell_hpma115", "HoneywellHpma115"),
    "horiba-apha-370": ("drivers.horiba_apha_370", "HoribaApha370"),
    "horiba-apma-370": ("drivers.horiba_apma_370", "HoribaApma370"),
    "horiba-apna-370": ("drivers.horiba_apna_370", "HoribaApna370"),
    "horiba-apoa-370": ("drivers.horiba_apoa_370", "HoribaApoa370"),
    "horiba-apsa-370": ("drivers.horiba_apsa_370", "HoribaApsa370"),
    "lufft-ws-umb": ("drivers.lufft_ws_umb", "LufftWsUmb"),
    "megatec-ups": ("drivers.megatec_ups", "MegatecUps"),
    "metone-bam-1020": ("drivers.met_one_bam_1020", "MetOneBam1020"),
    "nmea-wind": ("drivers.nmea_wind", "NmeaWind"),
    "nova-sds011": ("drivers.nova_sds011", "NovaSds011"),
    "plantower-pms": ("drivers.plantower_pms", "PlantowerPms"),
    "sdl-model-2030": ("drivers.sdl_2030", "Sdl2030"),
    "sensirion-sps30": ("drivers.sensirion_sps30", "SensirionSps30"),
    "servomex-servopro-nox": ("drivers.servomex_servopro_nox", "ServoproNox"),
    "siemens-ultramat-23": ("drivers.ultramat_23", "Ultramat23"),
    "synspec-gc955": ("drivers.synspec_gc955", "SynspecGc955"),
    "teledyne-4020": ("drivers.teledyne_4020", "Teledyne4020"),
    "teledyne-4030": ("drivers.teledyne_4030", "Teledyne4030"),
    "thermo-42i-c-link": ("drivers.thermo_42i_c_link", "Thermo42iCLink"),
    "thermo-43i-c-link": ("drivers.thermo_43i_c_link", "Thermo43iCLink"),
    "thermo-48i-c-link": ("drivers.thermo_48i_c_link", "Thermo48iCLink"),
    "thermo-49i-c-link": ("drivers.thermo_49i_c_link", "Thermo49iCLink"),
    "thermo-5030i": ("drivers.thermo_5030i", "Thermo5030i"),
    "thermo-teom-1405": ("drivers.teom_1405", "Teom1405"),
    "thermo-teom-1405-df": ("drivers.teom_1405_df", "Teom1405Df"),
    "tsi-dusttrak-8530": ("drivers.dusttrak", "DustTrakII"),
    "tsi-dusttrak-drx-8533": ("drivers.dusttrak_drx", "DustTrakDrx"),
    "vaisala-wmt700": ("drivers.vaisala_wmt700", "VaisalaWmt700"),
    "vaisala-wxt-ascii": ("drivers.vaisala_wxt", "VaisalaWxt"),
    "winsen-zh03": ("drivers.winsen_zh03", "WinsenZh03"),
}
MODBUS_ADDRESSES = (1, 247)
OPERATIONS = (  # the conversations that a driver may offer beside `measure`, and what they do
    ("identify", "model, serial number, firmware, range: what the instrument says of itself"),
    ("status", "what the instrument is doing, and what is wrong with it"),
    ("start", "start measuring"),
    ("stop", "stop measuring"),
    ("measure_gas", "back to sample gas"),
    ("zero_gas", "zero gas to the inlet"),
    ("span_gas", "span gas to the inlet"),
    ("zero", "zero calibration"),
    ("span", "span calibration"),
    ("calibrate", "the instrument's own calibration, zero and span"),
    ("purge", "purge or blow back"),
    ("change_filter", "advance the filter tape"),
    ("set_time", "set the instrument's clock"),
    ("reset_rain", "rain counters to zero"),
)


class Driver(Protocol):
    """One instrument: its channels as (name, unit), and what it can be asked."""

    channels: tuple[tuple[str, str], ...]

    def questions(self) -> tuple[Request, ...]: ...
    def measure(self) -> Conversation: ...


class Description(NamedTuple):
    """What a named driver is. kind: "profile" or "python"; path: its file.

    settings: dicts with name, type, help and perhaps choices or an example, all required. addresses:
    the lowest and highest, or None where the protocol has none. shared_line: whether others may
    be on its line. about: what the [profile] table of drivers.profile.KEYS says: vendor, model,
    class, sources, confidence, proven, notes. operations: those of OPERATIONS that it offers.
    """

    name: str
    kind: str
    path: Path
    settings: tuple[dict[str, Any], ...]
    protocol: str
    addresses: tuple[int, int] | None
    shared_line: bool
    about: dict[str, Any]
    operations: tuple[str, ...]


def names() -> tuple[str, ...]:
    """Every named driver, in alphabetical order."""
    return tuple(sorted([path.stem for path in PROFILES.glob("*.toml")] + list(PYTHON_DRIVERS)))


def describe(name: str) -> Description:
    """Raises KeyError for an unknown name."""
    if name in PYTHON_DRIVERS:
        module_name, class_name = PYTHON_DRIVERS[name]
        module = import_module(module_name)
        made = getattr(module, class_name)
        return Description(
            name=name,
            kind="python",
            path=Path(str(module.__file__)),
            settings=module.SETTINGS,
            protocol=module.ABOUT["protocol"],
            addresses=module.ADDRESSES,
            shared_line=module.SHARED_LINE,
            about=module.ABOUT,
            operations=tuple(operation for operation, _ in OPERATIONS if hasattr(made, operation)),
        )
    profile = load_profile(name)
    return Description(
        name=name,
        kind="profile",
        path=PROFILES / f"{name}.toml",
        settings=tuple(profile.get("setting", ())),
        protocol="modbus",
        addresses=MODBUS_ADDRESSES,
        shared_line=True,
        about=profile["profile"],
        operations=(
            *(("identify",) if profile.get("identity") else ()),
            *command_names(profile.get("command", [])),
        ),
    )


def sample_settings(settings: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Settings that the driver takes: the first choice, the example, or 1. For lists and tests."""
    usual = {"number": 1, "integer": 1, "string": "text", "list": ["value"]}
    return {
        spec["name"]: spec["choices"][0] if "choices" in spec else spec.get("example", usual[spec["type"]])
        for spec in settings
    }


def channels_of(name: str) -> dict[str, tuple[str, ...]]:
    """Every channel that a driver can have, with the units that its settings allow, in their order."""
    about = describe(name)
    sample = sample_settings(about.settings)
    every = [{**sample, spec["name"]: value} for spec in about.settings for value in spec.get("choices", ())]
    found: dict[str, tuple[str, ...]] = {}
    for settings in every or [sample]:
        for channel, unit in create(name, (about.addresses or (0, 0))[0], settings).channels:
            known = found.get(channel, ())
            found[channel] = known if unit in known else (*known, unit)
    return found


def load_profile(name: str) -> dict[str, Any]:
    """The profile as plain dicts. Raises KeyError where no profile has this name."""
    path = PROFILES / f"{name}.toml"
    if name not in names() or not path.exists():
        raise KeyError(name)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def proof(name: str) -> Any:
    """What tells that an instrument is this driver's: its profile, whose [[identity]] tables do, or the
    texts of which one begins what it says of itself; () where nothing does. Raises KeyError."""
    if name in PYTHON_DRIVERS:
        return getattr(import_module(PYTHON_DRIVERS[name][0]), "IDENTITY", ())
    return load_profile(name)


def create(
    driver: str | dict[str, Any], address: int, settings: dict[str, Any], framing: "Framing" = RtuRequest
) -> Driver:
    """The driver of one instrument, by name or from a profile already loaded.

    framing: how its line carries Modbus; other protocols take no notice of it.
    Raises KeyError for an unknown name, ValueError for an address or a setting that does not fit.
    """
    if isinstance(driver, dict):
        return RegisterDriver(address, driver, settings, framing)
    if driver in PYTHON_DRIVERS:
        module, class_name = PYTHON_DRIVERS[driver]
        made: Driver = getattr(import_module(module), class_name)(address, settings)
        return made
    return RegisterDriver(address, load_profile(driver), settings, framing)


def relay_names() -> tuple[str, ...]:
    """Every named relay module, in alphabetical order."""
    return tuple(sorted(path.stem for path in RELAYS.glob("*.toml")))


def load_relay(name: str) -> dict[str, Any]:
    """The module's [relay] table. Raises KeyError for an unknown name."""
    if name not in relay_names():
        raise KeyError(name)
    relay: dict[str, Any] = tomllib.loads((RELAYS / f"{name}.toml").read_text(encoding="utf-8"))["relay"]
    return relay
