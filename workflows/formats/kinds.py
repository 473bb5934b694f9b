"""The kinds of nodes that a file may name."""

KINDS = frozenset(
    "input output llm agent tool http template condition code loop approval wait document first note group todo".split()
)
