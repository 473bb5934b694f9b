"""Views of chats: one function for each thing that a person does."""
