"""Pages: fetch, call an act, render."""
