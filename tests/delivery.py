"""What a worker does with the mails that wait, at once and in the test's own thread."""

from teams import delivery


def deliver() -> None:
    """Hand over what is due, as the job does."""
    delivery.give_up_late()
    while delivery.deliver_next():
        pass
