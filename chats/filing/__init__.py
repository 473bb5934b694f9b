"""How chats are kept: in folders, under tags, in archives; acts on many at once, and what becomes of old ones."""
