"""Versions of workers and of graphs: what may meet what, and how the state of the one becomes that of the other."""
