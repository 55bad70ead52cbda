"""Events on their way to their handlers."""
