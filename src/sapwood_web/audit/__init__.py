"""Who did what, for whom, and why it was allowed: written once, chained, never changed."""
