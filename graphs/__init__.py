"""The reference application's LangGraph subgraphs: mortgage underwriting. They know nothing of Temporal."""
