"""What people are told when an act cannot be done: one error, caught once for pages."""


class Refused(Exception):
    """An act that cannot be done now.

    `sentence` is for the person: in their language, or one that `sambung.lib.words` knows. `status` is the answer's,
    `code` names the reason for programs and stays as it is, `field` is the field of a form that must change ("" none).
    """

    def __init__(self, sentence: str, *, status: int = 409, code: str = "refused", field: str = ""):
        super().__init__(sentence)
        self.sentence, self.status, self.code, self.field = str(sentence), status, code, field
