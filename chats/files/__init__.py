"""Files that go with messages: what they are, what is read out of them, where they lie."""
