"""The clinician's rooms: the plan as a board reads it, as it was, what changed, and plans that were signed."""
