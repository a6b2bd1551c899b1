"""The second demonstration: customers are written to, reminded and understood, with a worker killed on the way."""
