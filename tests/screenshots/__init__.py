"""Pictures of every page and state, to be looked at: `make screenshots` writes them to var/screenshots/.

Each is taken at 390, 834 and 1440 pixels in both themes, some in Indonesian, from a server of its own with a
chat of a small coffee roaster. `sheet.html` and `sheet.png` show all of them at once.
"""
