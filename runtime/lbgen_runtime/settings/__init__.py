"""What holds for a bus and for a listener."""
