"""A reply in a chat: who gives it, how it begins, what waits behind it, and how it is stored."""
