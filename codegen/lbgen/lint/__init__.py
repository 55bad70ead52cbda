"""The linter: valid contracts that are likely to cause trouble."""
