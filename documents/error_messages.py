"""The codes of what fails: why a document cannot be found, and when a model works on one; each with its sentence."""

from django.utils.translation import gettext_noop

from sambung.lib import failures
from sambung.lib.files import warnings  # noqa: F401 makes its codes known

_FOUND = {
    "document_password": gettext_noop("It is protected with a password. Save it without one and add it again."),
    "document_locked": gettext_noop("It is protected with a password, which is asked for where the document is open."),
    "document_unlocked": gettext_noop(
        "It was read with its password, which was used once and is kept nowhere. Whoever reads it again gives it again."
    ),
    "read_by_model": gettext_noop("Read by a model (%(model)s), which may err. Pages: %(pages)s."),
    "document_old_office": gettext_noop(
        "It is in an older format of Word or PowerPoint. Save it as .docx or .pptx and add it again."
    ),
    "document_pixels": gettext_noop("It has too many pixels. Make it smaller and add it again."),
    "document_broken": gettext_noop("It is broken, or too large when it is unpacked."),
    "document_unknown": gettext_noop("It is of a kind that cannot be read here."),
    "document_picture": gettext_noop("It is a picture, whose letters cannot be read here."),
    "document_lost": gettext_noop("The file is lost on the server. Add it again."),
    "document_address_large": gettext_noop("What lies at the address is larger than a file may be."),
    "document_address_full": gettext_noop("There is no room for what lies at the address. Delete documents first."),
    "document_stopped": gettext_noop("Reading it was stopped."),
    "document_interrupted": gettext_noop("The server was interrupted while it read this. Read it again."),
    # search by meaning
    "space_there": gettext_noop("This model is in use already, or its vectors are being made."),
    "vectors_not_allowed": gettext_noop(
        "The database does not let Sambung add pgvector. Its administrator runs this once in the database"
        " “%(database)s”: %(command)s"
    ),
    "dimensions_changed": gettext_noop("The model “%(model)s” gives vectors of another length than it did."),
    "document_broke": gettext_noop("Something went wrong here. Read it again."),
}
#: Results of tools: models read them in English.
_WRITTEN = {
    "document_not_here": gettext_noop("There is no such document here."),
    "document_too_long": gettext_noop("A document holds %(most)s characters at most."),
    "document_version_unknown": gettext_noop("Version %(n)s is not known any more. Read the document again."),
    "document_no_line": gettext_noop("The document has %(lines)s lines."),
    "document_nothing_to_replace": gettext_noop("The old text is empty. Give the text that is to be replaced."),
    "document_not_found": gettext_noop("The old text is not in the document. Give it exactly as it stands there."),
    "document_not_found_near": gettext_noop(
        "The old text is not in the document. Give it exactly as it stands there. The nearest lines are: %(lines)s"
    ),
    "document_found_often": gettext_noop(
        "The old text is %(n)s times in the document, at: %(lines)s. Give more of what stands around it."
    ),
    "document_unchanged": gettext_noop("That is what the document says already. Nothing was changed."),
    "document_collided": gettext_noop(
        "Somebody has changed the same place since version %(n)s. The document stays as they left it; what you wrote "
        "is kept aside. Read the document again."
    ),
}
MESSAGES = _FOUND | _WRITTEN
failures.register(MESSAGES)
