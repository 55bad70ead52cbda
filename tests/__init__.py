"""Tests, as a package: what they share is imported by name."""
