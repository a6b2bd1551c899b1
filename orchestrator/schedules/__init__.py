"""Temporal schedules of graphs and workflows: planned, declared in the application, and looked after."""
