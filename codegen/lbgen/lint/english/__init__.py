"""English verbs in the past tense."""
