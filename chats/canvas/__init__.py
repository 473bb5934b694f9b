"""Documents beside a chat: those that its replies write, and those that are pinned to it."""
