"""What the documents of a contract mean together: references, validators, checks of schemas."""
