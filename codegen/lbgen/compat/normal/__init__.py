"""Schemas in one form: the same values are valid, said in one way."""
