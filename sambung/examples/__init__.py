"""Examples to look at: a team with chats, agents and prompts."""
