"""Runs of workflows: a graph is data, its steps are rows by node, and whoever holds the run goes on from them."""
