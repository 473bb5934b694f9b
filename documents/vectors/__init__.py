"""The search by meaning: passages as vectors of an embedding model, beside the words that are always there."""
