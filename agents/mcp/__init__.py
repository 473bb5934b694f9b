"""MCP servers: kept, listed, called. Nothing here imports the SDK before a server is first asked."""
