from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """How allauth behaves here."""

    def is_open_for_signup(self, request) -> bool:
        """Nobody signs up by themselves: people are made by the set-up link and by admins."""
        return False
