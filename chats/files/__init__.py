"""Files that go with messages: what they are, what is read out of them, where they lie."""


class Refused(Exception):
    """A file that is not kept; the sentence is for the person. `status`: of the answer to who sent it."""

    def __init__(self, sentence: str, status: int = 415):
        super().__init__(sentence)
        self.status = status
