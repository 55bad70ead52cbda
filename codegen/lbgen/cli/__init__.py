"""The command line: options in, a task called, an exit code out."""
