"""All that speaks to the server, and nothing else does."""
