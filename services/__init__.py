"""The services of the README, which run against the example contract."""
