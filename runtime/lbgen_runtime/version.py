"""The version of the distribution, which both import packages share."""

__version__ = "0.1.0"
