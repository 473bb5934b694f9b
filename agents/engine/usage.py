"""The tokens of an answer, whatever a server sent as counts of them."""

from dataclasses import asdict, dataclass

MOST_TOKENS = 10**9  # no answer takes as many, and the database holds the sum of many of them


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that the server counted.

    `cached_tokens` (read from its cache) and `cache_write_tokens` are part of the input, `reasoning_tokens` of
    the output.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0
    adds_up: bool = True  # where it does not, nobody can say what the answer cost

    @classmethod
    def of(
        cls, read: object, written: object, cached: object = 0, thought: object = 0, cache_written: object = 0
    ) -> "Usage":
        """Return what a server counted, whatever it sent as figures: one that can be none counts as 0.

        Nothing read is no count either: there was a question.
        """
        figures = [_tokens(figure) for figure in (read, written, cached or 0, thought or 0, cache_written or 0)]
        counts = [figure or 0 for figure in figures]
        has_all = None not in figures and counts[0] > 0
        return cls(*counts, adds_up=has_all and counts[2] + counts[4] <= counts[0] and counts[3] <= counts[1])

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, as they are stored with a message."""
        return {name: value for name, value in asdict(self).items() if name != "adds_up"}


def _tokens(figure: object) -> int | None:
    """Return a count of tokens, None for what can be none: some servers send floats, -1, or nothing."""
    if isinstance(figure, float) and figure.is_integer():
        figure = int(figure)
    is_count = isinstance(figure, int) and not isinstance(figure, bool) and 0 <= figure <= MOST_TOKENS
    return figure if is_count else None
