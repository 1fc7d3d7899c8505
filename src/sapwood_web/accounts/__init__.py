"""People: who they are, what they may, what they allowed."""
