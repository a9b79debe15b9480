"""Emission limits and alarm limits as dated data: one TOML file for each document beside this one."""

from agent.limits.catalogue import FACTORS, STATES, STATISTICS, Document, Limit, documents, limits

__all__ = ["FACTORS", "STATES", "STATISTICS", "Document", "Limit", "documents", "limits"]
