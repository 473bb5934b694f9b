"""What `make run` starts: PostgreSQL, the bundled model and the web process, watched. Imports no Django."""
