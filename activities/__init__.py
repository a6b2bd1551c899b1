"""The reference application's activities: each binds one subgraph to its policy, or has a side effect."""
