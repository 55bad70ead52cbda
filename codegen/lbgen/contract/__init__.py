"""From documents to APIs and events; the grammar of contract files."""
