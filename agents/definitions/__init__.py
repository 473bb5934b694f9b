"""What agents are: their content, former versions, files of them, and drafts that a model writes."""
