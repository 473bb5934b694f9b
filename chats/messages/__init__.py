"""Messages: the tree that they form, what one holds, who may change it, and how pages show it."""
