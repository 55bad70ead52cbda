"""From a folder of bytes to documents with positions."""
