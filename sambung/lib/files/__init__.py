"""Files of people: what kind they are, and what is read out of them in a process of its own."""
