"""Forms of keys, agents and MCP servers."""
