"""What lbgen knows of Lightbus: the schema that it publishes, and the schema that it dumps."""
