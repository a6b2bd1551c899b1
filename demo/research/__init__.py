"""Deep research, over Python's own language reference: `python -m demo.research`."""
