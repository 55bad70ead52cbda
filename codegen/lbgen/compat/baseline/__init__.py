"""The version of a contract that a check compares with, and the version that it checks."""
