"""One event on its way to its stream."""
