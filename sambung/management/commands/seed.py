"""The command `seed`: example data for a first look."""

from django.core.management.base import BaseCommand

from sambung.examples import seed
from sambung.examples.content import TEAM


class Command(BaseCommand):
    """Behind `make db-seed`."""

    help = "Make an example team with chats, prompts, documents and an agent; run again it adds nothing."

    def handle(self, *args, **options):
        self.stdout.write(f"Added {seed.seed()} example chats, in the team /team/{TEAM['slug']}/.")
