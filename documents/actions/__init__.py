"""Acts, each whole or not at all: documents are written, named, restored, filed, deleted."""
