"""Examples to look at: a team with chats, agents, prompts and documents."""
