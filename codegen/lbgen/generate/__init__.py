"""From types to the files of a Python package."""
