"""What people do with chats and messages: each act one transaction, with `by=` the person."""
