"""The rooms of a patient and of those who care for them: interview, roadmap, card, daily sheet, photographs."""
