"""The services of the demo."""
