"""Recorded samples through the station's own pipeline, in virtual time."""
