"""What happened: events of Temporal and checkpoints of LangGraph as one timeline, and the path through a graph."""
