"""What readers could not read or had to guess, with the sentences for it; codes as in `sambung/lib/failures.py`."""

from django.utils.translation import gettext_noop

from sambung.lib import failures

MESSAGES = {
    "nothing_read": gettext_noop("There is no text in this file: a model gets its name alone."),
    "file_cut": gettext_noop("It was cut: the file holds more than is read of one."),
    "file_out_of_time": gettext_noop("Reading it took too long: only its beginning was read."),
    # PDF
    "file_scanned": gettext_noop("No text could be read: its pages are pictures, as of a scan. Add them as images."),
    "pages_scanned": gettext_noop("No text could be read on these pages: %(pages)s. They are pictures, as of a scan."),
    "pages_garbled": gettext_noop(
        "No text could be read on these pages: %(pages)s. Their font does not say its letters."
    ),
    "pages_broken": gettext_noop("These pages are broken and were not read: %(pages)s."),
    "form_unread": gettext_noop("The fields of this form (XFA) cannot be read. Print it as a PDF and add that."),
    # Office
    "changes_tracked": gettext_noop("It has tracked changes: what was inserted was read, what was deleted was not."),
    "text_hidden": gettext_noop("Hidden text in it was left out."),
    "nested_unread": gettext_noop("Some of it stands too deep inside other things to be read."),
    "notes_unread": gettext_noop("Its footnotes were not read."),
    "objects_unread": gettext_noop("Files that are embedded in it were not read. Add them by themselves."),
    "sheets_hidden": gettext_noop("Hidden sheets were read, too: %(names)s."),
    "rows_hidden": gettext_noop("Hidden rows were read, too: %(count)s in the sheet “%(sheet)s”."),
    "columns_hidden": gettext_noop("Hidden columns were read, too: %(columns)s in the sheet “%(sheet)s”."),
    "formulas_without_value": gettext_noop(
        "%(count)s formulas in the sheet “%(sheet)s” have no stored value and stand as formulas. Open the file in a"
        " spreadsheet program, save it and add it again."
    ),
    "slides_hidden": gettext_noop("Hidden slides were read, too: %(slides)s."),
    # tables
    "table_begun": gettext_noop("Only the first %(rows)s rows of this table stand here."),
    # text
    "encoding_guessed": gettext_noop("The file does not say how its letters are written: %(encoding)s was guessed."),
    "nuls_left_out": gettext_noop("Signs in it that are no text (NUL) were left out."),
    "encoding_wrong": gettext_noop("Some letters cannot be read as %(encoding)s."),
    # books, notebooks, mails
    "chapters_unread": gettext_noop("%(count)s chapters of this book are locked or missing and were not read."),
    "notebook_broken": gettext_noop("This notebook is broken: it was read as plain text."),
    "attachments_unread": gettext_noop("These attached files were not read: %(names)s. Add them by themselves."),
    # images
    "picture_shrunk": gettext_noop(
        "It is very long and was made smaller, to %(width)s × %(height)s: small letters may be lost. Add it in pieces."
    ),
}
failures.register(MESSAGES)
