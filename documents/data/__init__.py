"""Questions in SQL about tables: of sheets and of files, read once and asked in processes of their own.

`loading`, `execution` and what they import run in such a process (`worker.py`): no Django, no network, within limits.
The other modules are the server's: which files a person has (`sources`), their tables (`cache`), and the tools.
"""
