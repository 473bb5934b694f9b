"""Forms of everything that people do with chats."""
