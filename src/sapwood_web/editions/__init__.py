"""Editions of the pack: loaded by a steward, proved, counted, put to use."""
