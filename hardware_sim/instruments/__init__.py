"""Emulators of instruments that are no register map, by the names of their drivers."""

from typing import Any

from hardware_sim.instruments.adam_4017 import Adam4017
from hardware_sim.instruments.aeroqual_aqm import AeroqualAqm
from hardware_sim.instruments.aeroqual_sm70 import AeroqualSm70
from hardware_sim.instruments.ak_analyser import BusAnalyser, CaiHfid, PlainAnalyser
from hardware_sim.instruments.bam_1020 import Bam1020
from hardware_sim.instruments.cubic_pm1006k import CubicPm1006k
from hardware_sim.instruments.davis_vantage import DavisVantage
from hardware_sim.instruments.dcon_relays import DconRelays
from hardware_sim.instruments.durag_f701 import DuragF701
from hardware_sim.instruments.dust_66 import Dust66
from hardware_sim.instruments.dusttrak import DustTrak, DustTrakDrx
from hardware_sim.instruments.ecotech_serinus import EcotechSerinus
from hardware_sim.instruments.gill_maximet_sdi12 import GillMaximetSdi12
from hardware_sim.instruments.grimm_180 import Grimm180
from hardware_sim.instruments.horiba_ap_370 import (
    HoribaApma370,
    HoribaApna370,
    HoribaApoa370,
    HoribaApsa370,
)
from hardware_sim.instruments.horiba_apha_370 import HoribaApha370
from hardware_sim.instruments.lines import (
    BaoyingVoc,
    Baseline9000,
    CasellaMicrodust,
    GillMaximet,
    GillWindsonic,
    Teledyne4020,
    Teledyne4030,
)
from hardware_sim.instruments.lufft_ws_umb import LufftWsUmb
from hardware_sim.instruments.megatec_ups import MegatecUps
from hardware_sim.instruments.nmea_wind import NmeaWind, VaisalaWmt700
from hardware_sim.instruments.particulate import (
    CubicPm2012,
    HoneywellHpma115,
    NovaSds011,
    PlantowerPms,
    SensirionSps30,
    WinsenZh03,
)
from hardware_sim.instruments.relay_module import RelayModule
from hardware_sim.instruments.synspec_gc955 import SynspecGc955
from hardware_sim.instruments.teom_1405 import Teom1405, Teom1405Df
from hardware_sim.instruments.thermo_5030i import Thermo5030i
from hardware_sim.instruments.thermo_c_link import (
    Thermo42iCLink,
    Thermo43iCLink,
    Thermo48iCLink,
    Thermo49iCLink,
)
from hardware_sim.instruments.ultramat_23 import Ultramat23
from hardware_sim.instruments.vaisala_wxt import VaisalaWxt

__all__ = ["EMULATORS", "Adam4017", "DconRelays", "RelayModule", "Thermo5030i"]

EMULATORS: dict[str, Any] = {  # classes, called with address, settings, scripts, where
    "adam-4017": Adam4017,
    "aeroqual-aqm": AeroqualAqm,
    "aeroqual-sm70": AeroqualSm70,
    "anrongxin-lss2014": Dust66,
    "baoying-voc": BaoyingVoc,
    "baseline-9000": Baseline9000,
    "cai-hfid": CaiHfid,
    "casella-microdust-pro": CasellaMicrodust,
    "cubic-pm1006k": CubicPm1006k,
    "cubic-pm2012": CubicPm2012,
    "dcon-relays": DconRelays,
    "davis-vantage": DavisVantage,
    "durag-f701-20": DuragF701,
    "ecotech-serinus": EcotechSerinus,
    "emerson-nga2000": BusAnalyser,
    "gill-maximet": GillMaximet,
    "gill-maximet-sdi12": GillMaximetSdi12,
    "gill-windsonic": GillWindsonic,
    "grimm-180": Grimm180,
    "honeywell-hpma115": HoneywellHpma115,
    "horiba-apha-370": HoribaApha370,
    "horiba-apma-370": HoribaApma370,
    "horiba-apna-370": HoribaApna370,
    "horiba-apoa-370": HoribaApoa370,
    "horiba-apsa-370": HoribaApsa370,
    "lufft-ws-umb": LufftWsUmb,
    "megatec-ups": MegatecUps,
    "metone-bam-1020": Bam1020,
    "nmea-wind": NmeaWind,
    "nova-sds011": NovaSds011,
    "plantower-pms": PlantowerPms,
    "relay-module": RelayModule,
    "sdl-model-2030": Dust66,
    "sensirion-sps30": SensirionSps30,
    "servomex-servopro-nox": PlainAnalyser,
    "siemens-ultramat-23": Ultramat23,
    "synspec-gc955": SynspecGc955,
    "teledyne-4020": Teledyne4020,
    "teledyne-4030": Teledyne4030,
    "thermo-42i-c-link": Thermo42iCLink,
    "thermo-43i-c-link": Thermo43iCLink,
    "thermo-48i-c-link": Thermo48iCLink,
    "thermo-49i-c-link": Thermo49iCLink,
    "thermo-5028i": Thermo5030i,
    "thermo-5030i": Thermo5030i,
    "thermo-teom-1405": Teom1405,
    "thermo-teom-1405-df": Teom1405Df,
    "tsi-dusttrak-8530": DustTrak,
    "tsi-dusttrak-drx-8533": DustTrakDrx,
    "vaisala-wmt700": VaisalaWmt700,
    "vaisala-wxt-ascii": VaisalaWxt,
    "winsen-zh03": WinsenZh03,
}
