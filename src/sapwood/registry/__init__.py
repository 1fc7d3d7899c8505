"""Many people: their facts extracted once by the code that serves one, kept as tables, asked in SQL."""
