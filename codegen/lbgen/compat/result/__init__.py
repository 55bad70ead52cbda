"""What a check found, and what it means for CI."""
