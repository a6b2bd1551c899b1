"""The activity side: graph activities and what they are made of."""
