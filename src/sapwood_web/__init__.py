"""The web site: a thin face over the core."""
