"""What the values of a channel are not to be taken for, in a word that goes with them."""

__all__ = ["INDICATIVE", "MARKS", "NMHC", "NMHC_HINT", "NOT_NMHC", "PID", "SITE_FACTOR"]

PID = "pid"
SITE_FACTOR = "site factor"
INDICATIVE = "indicative"
MARKS = {
    PID: "a PID's: an isobutylene equivalent, or made of one by a response factor; it is not NMHC",
    SITE_FACTOR: "a reading times a factor that was found on this site: an estimate",
    INDICATIVE: "of a micro-station, or of a module for one: no standard covers these",
}
NOT_NMHC = "is a PID's: an isobutylene equivalent, which is not NMHC"
NMHC = "nmhc"  # in the name of a channel
NMHC_HINT = "a comparison on this site makes NMHC of it: a [[conversion]] with `site_factor` and `source`"
