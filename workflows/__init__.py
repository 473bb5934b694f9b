"""Workflows: drawn, run step by step, published as tools."""
