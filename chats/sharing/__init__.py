"""Public links: a chat, or its beginning, for whoever has the address."""
