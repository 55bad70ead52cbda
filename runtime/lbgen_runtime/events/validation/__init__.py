"""Whether an event is valid, and why it is not."""
