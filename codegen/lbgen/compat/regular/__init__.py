"""Regular languages: patterns, automata, texts that match."""
