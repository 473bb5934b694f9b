"""What a graph is made of, without a database: kinds of nodes, references, texts, rules, and what is wrong with it."""
