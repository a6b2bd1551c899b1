"""Secrets: encryption of payloads and of checkpoints, the codec server, and logs without secrets in them."""
