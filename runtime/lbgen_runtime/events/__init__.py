"""Contracts, events and records, and their way to JSON and back."""
