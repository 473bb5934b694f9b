"""Texts that several people write: what two of them have in common, what differs, and three of them made into one."""
