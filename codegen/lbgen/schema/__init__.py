"""What is known of JSON Schema itself."""
