"""Finding chats and messages by what was said in them."""
