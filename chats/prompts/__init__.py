"""Prompts: texts with variables, written once and used often."""
