"""Python values to JSON values and back, per type and per class."""
