"""What people are told when an act cannot be done: one error, caught once for pages."""

from sambung.lib.failures import Failure


class Refused(Exception):
    """An act that cannot be done now.

    `why` is for the person: a sentence in their language, or a failure, whose sentence is made when it is shown.
    `status` is the answer's, `code` names the reason for programs and stays as it is, `params` are what the sentence
    was filled with, `field` is the field of a form that must change ("" none).
    """

    def __init__(self, why: str | Failure, *, status: int = 409, code: str = "refused", field: str = ""):
        super().__init__(why.english if isinstance(why, Failure) else str(why))
        self.why, self.status, self.field = why, status, field
        self.code, self.params = (why.code, why.params) if isinstance(why, Failure) else (code, {})

    @property
    def sentence(self) -> str:
        """Why, in the present language."""
        return str(self.why)
