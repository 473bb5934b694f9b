"""What documents say, found again: they are read, cut into passages, indexed by their words, and searched."""
