"""Examples to look at: a team with chats, agents, prompts, documents and a workflow."""
