"""A row of the tables of addresses, and the usual ones.

Each cell holds five statuses: GET POST PUT PATCH DELETE. `holder` is whoever may use the row, `stranger` everybody else
who is signed in, `anonymous` who is not; `htmx` is the holder's row for a request of a script.
"""

from dataclasses import dataclass, field, replace

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TO_SIGN_IN = "302 302 302 302 302"
NOT_THERE = "404 404 404 404 404"


@dataclass(frozen=True)
class Row:
    """One address: which object it names, what is posted to it, and what it answers."""

    holder: str
    stranger: str
    htmx: str = ""
    names: str = ""  # which of the objects of `World` the address names
    anonymous: str = TO_SIGN_IN
    data: dict = field(default_factory=dict)

    member: str = ""  # in a team: who is no admin of it, where that differs
    member_htmx: str = ""

    def script(self) -> str:
        return self.htmx or self.holder

    def of_member(self, is_script: bool) -> str:
        return (self.member_htmx if is_script else "") or self.member or (self.script() if is_script else self.holder)


def page(names: str = "") -> Row:
    """A page that is read."""
    return Row("200 405 405 405 405", f"{'404' if names else '200'} 405 405 405 405", names=names)


def act(names: str, script: str, done: str = "302", **data) -> Row:
    """An act that is posted; `script` is what a script gets, `done` what a form gets."""
    return Row(f"405 {done} 405 405 405", "405 404 405 405 405", f"405 {script} 405 405 405", names, data=data)


def form(names: str, script: str, **data) -> Row:
    """A form: shown, and posted."""
    return Row("200 302 405 405 405", "404 404 405 405 405", f"200 {script} 405 405 405", names, data=data)


def others(row: Row) -> Row:
    """What somebody else wrote: a member of the team who is no admin of it is refused in words."""
    get = row.holder.partition(" ")[0]
    return replace(row, member=f"{get} 409 405 405 405")


def kept(row: Row) -> Row:
    """What members of a team do not have: it is its maker's, or for admins of the team."""
    return replace(row, member=row.stranger)


def of_admins(row: Row) -> Row:
    """What is there for admins of the team alone, by each method that is known."""
    member = " ".join("405" if status == "405" else "404" for status in row.holder.split())
    return replace(row, member=member)


def for_admins(holder: str, htmx: str, names: str = "", **data) -> Row:
    """Of a team: to members who are no admins it is not there."""
    member = " ".join("404" if status != "405" else "405" for status in holder.split())
    return Row(holder, NOT_THERE, htmx, names, data=data, member=member)
