"""The criteria language: sentences about one patient that are true, false or unknown."""
