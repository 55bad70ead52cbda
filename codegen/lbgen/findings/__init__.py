"""What can be found in a contract, as data: diagnostics, places, rules."""
