"""Who decides: signed links and bearer tokens."""
