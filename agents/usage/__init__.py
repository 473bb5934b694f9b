"""Usage: every call of a model passes the meter, which keeps who had it made, what it took and what it cost."""
