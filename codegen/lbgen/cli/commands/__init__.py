"""One module a command. At import they know typer and nothing that is slow to load."""
