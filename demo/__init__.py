"""The demonstration: real mortgage applications through the whole system, with a worker killed on the way."""
