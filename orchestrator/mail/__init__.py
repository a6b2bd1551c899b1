"""Mail that comes in: what it says, and which of ours it answers."""
