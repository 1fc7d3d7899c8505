"""`sapwood check`: searches for the patient nobody thought of, and says what it proved and what it did not."""
