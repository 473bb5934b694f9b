"""What goes wrong before a model is asked."""

from agents import engine


class Unavailable(engine.EngineError):
    """The chosen model cannot be asked now; the sentence, known to sambung.lib.words, says what to do."""

    code = "unavailable"

    def __init__(self, sentence: str):
        super().__init__()
        self.sentence, self.args = sentence, (sentence,)
