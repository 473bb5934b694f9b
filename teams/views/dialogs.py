"""Dialogs that ask one thing: a form, or whether something is meant."""

from teams.views import answers


def ask(request, title: str, *, to: str, submit: str, back: str, text: str = "", form=None, hidden=(), is_danger=False):
    """A form in the dialog, or on a page of its own.

    `to`: where it is posted. `submit`: the verb on its button. `back`: where Cancel leads. `hidden`: (name, value)
    pairs that go along.
    """
    context = {"title": title, "to": to, "submit": submit, "back": back, "text": text}
    context |= {"form": form, "hidden": hidden, "is_danger": is_danger}
    status = 422 if form is not None and form.is_bound else 200
    return answers.form(request, "components/_ask.html", title, context, status=status)
