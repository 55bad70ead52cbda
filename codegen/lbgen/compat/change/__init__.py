"""What changed between two versions of a schema, in pieces and in words."""
