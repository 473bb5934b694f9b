"""Prompts for the tests of prompts."""

import pytest

from chats.models import Prompt
from chats.prompts import prompts
from teams.workspace import Workspace


@pytest.fixture
def write():
    """Write a prompt of a person, in a team if one is named."""

    def made(user, team=None, name="Review", content="Review {code} in {language}.", **fields) -> Prompt:
        given = {"name": name, "content": content, "category": fields.pop("category", "coding")}
        prompt = prompts.create(by=user, workspace=Workspace(user, team), content=given)
        Prompt.objects.filter(pk=prompt.pk).update(**fields)
        prompt.refresh_from_db()
        return prompt

    return made
