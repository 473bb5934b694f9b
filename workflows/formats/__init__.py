"""Files of workflows: our own format, and what can be read of others, with a report of what became of each node."""
