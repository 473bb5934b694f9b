"""Toolkits are called as the loop calls them: by their tool, with arguments that fit."""

import pytest

from agents import tools
from agents.tools import Caller
from teams.models import User
from teams.workspace import Workspace


@pytest.fixture
def caller() -> Caller:
    """A person in Jakarta, who needs no database."""
    return Caller(Workspace(User(name="Alice", preferences={"time_zone": "Asia/Jakarta"})))


@pytest.fixture
def run(caller):
    """Call a tool of a toolkit, arguments checked; give its result."""

    async def call(toolkit, name: str, **args) -> tools.Result:
        return await tools.call(toolkit._tool(toolkit.members[name]), args, caller, print)

    return call
