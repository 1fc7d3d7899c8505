"""Secrets: what is written so that a stolen database says nothing, and keys that can be destroyed."""
