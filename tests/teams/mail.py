"""What a test reads in the mails that were sent."""

import re


def code_in(mail) -> str | None:
    """The code that stands alone on a line of a mail, if there is one."""
    found = re.search(r"^[A-Z0-9]{3,}(?:-[A-Z0-9]+)*$", mail.body, re.MULTILINE)
    return found and found[0]
