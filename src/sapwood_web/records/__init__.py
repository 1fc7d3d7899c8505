"""A person's record: what came in, what was typed, who may see it."""
