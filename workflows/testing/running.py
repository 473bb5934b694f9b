from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    test: object
    problem: str = ""
    changes: list = field(default_factory=list)

    @property
    def is_passed(self):
        return not self.problem


def run_all(workflow, by=None):
    return []
