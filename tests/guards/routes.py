"""What each address answers, written by hand: nothing here is read from the code.

Each cell holds five statuses: GET POST PUT PATCH DELETE. `holder` is whoever may use the row, `stranger` everybody else
who is signed in, `anonymous` who is not; `htmx` is the holder's row for a request of a script.
"""

from dataclasses import dataclass, field

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

    def script(self) -> str:
        return self.htmx or self.holder


def page(names: str = "") -> Row:
    """A page that is read."""
    return Row("200 405 405 405 405", f"{'404' if names else '200'} 405 405 405 405", names=names)


def act(names: str, script: str, done: str = "302", **data) -> Row:
    """An act that is posted; `script` is what a script gets, `done` what a form gets."""
    return Row(f"405 {done} 405 405 405", "405 404 405 405 405", f"405 {script} 405 405 405", names, data=data)


def form(names: str, script: str, **data) -> Row:
    """A form: shown, and posted."""
    return Row("200 302 405 405 405", "404 404 405 405 405", f"200 {script} 405 405 405", names, data=data)


#: Under /app/ and under /team/<slug>/. In a team, a stranger to the team gets 404 for everything.
WORKSPACE = {
    "chat_new": page(),
    "chat_list": page(),
    "palette": page(),
    "chat_create": Row(  # without a model on offer nothing can be sent
        "405 422 405 405 405", "405 422 405 405 405", data={"text": "Hello"}
    ),
    "chat": page("chat"),
    "chat_earlier": Row("200 405 405 405 405", "404 405 405 405 405", names="chat"),
    "chat_rename": form("chat", "204", title="Renamed"),
    "chat_pin": act("chat", "204"),
    "chat_delete": act("chat", "204"),
    "chat_restore": act("deleted", "204"),
    "chat_settings": form("chat", "204", temperature="1"),
    "chat_model": act("chat", "409", done="409", model="nobody:nothing"),
    "message_send": act("chat", "200", text="Hello again"),
    "message": Row("302 405 405 405 405", "404 405 405 405 405", "200 405 405 405 405", "answer"),
    "message_frames": page("answer"),
    "message_stop": act("answer", "204"),
    "message_regenerate": act("answer", "200"),
    "message_retry": act("answer", "200"),
    "message_continue": act("answer", "200"),
    "message_edit": form("question", "200", text="Another question"),
    "message_select": act("question", "200"),
    "message_delete": form("question", "200"),
    "message_usage": page("answer"),
    "message_withdraw": act("waiting", "200"),
    "message_push": act("waiting", "200"),
    "message_image": page("image"),
}

#: Addresses of nobody's in particular: `holder` is anybody who is signed in.
COMMON = {
    "home": Row("302 405 405 405 405", "302 405 405 405 405"),
    "setup": Row("404 404 405 405 405", "404 404 405 405 405", anonymous="404 404 405 405 405"),
    "preferences": Row("405 302 405 405 405", "405 302 405 405 405", data={"theme": "dark"}),
    "healthz": Row("200 405 405 405 405", "200 405 405 405 405", anonymous="200 405 405 405 405"),
    "readyz": Row(  # 503: this test has no runtime
        "503 405 405 405 405", "503 405 405 405 405", anonymous="503 405 405 405 405"
    ),
}


def _account(signed_in: str, anonymous: str = TO_SIGN_IN) -> Row:
    return Row(signed_in, signed_in, anonymous=anonymous)


#: allauth's own views take a PUT as a POST. Sign-up is closed: its page says so.
ACCOUNTS = {
    "account_login": _account("302 302 302 302 302", "200 200 200 405 405"),
    "account_logout": _account("200 302 405 405 405", "302 302 405 405 405"),
    "account_inactive": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_signup": _account("302 302 302 302 302", "200 200 200 200 200"),
    "account_reauthenticate": _account("200 200 200 405 405"),
    "account_email": _account("200 302 302 405 405"),
    "account_email_verification_sent": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_confirm_email": _account("200 404 405 405 405", "200 404 405 405 405"),
    "account_change_password": _account("200 200 200 405 405"),
    "account_set_password": _account("302 302 302 302 302"),
    "account_reset_password": _account("200 200 200 405 405", "200 200 200 405 405"),
    "account_reset_password_done": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_reset_password_from_key": _account("200 200 200 200 200", "200 200 200 200 200"),
    "account_reset_password_from_key_done": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_confirm_login_code": _account("302 302 302 302 302", "302 302 302 302 302"),
}

#: Admin: page -> GET and POST of an instance admin. Everybody else is sent to sign in, by every method.
ADMIN_SITE = {
    "index": "200 200",
    "login": "302 200",
    "logout": "405 200",
    "password_change": "200 200",
    "password_change_done": "200 405",
    "autocomplete": "403 405",
    "jsi18n": "200 405",
    "view_on_site": "404 404",
    "app_list": "200 200",
    "<catch-all>": "404 404",
    "auth_user_password_change": "200 200",
}
_READ = {"changelist": "200 200", "add": "403 403", "change": "200 403", "delete": "403 403", "history": "200 200"}
_KEEP = {"changelist": "200 200", "add": "200 200", "change": "200 200", "delete": "403 403", "history": "200 200"}
_ALL = _KEEP | {"delete": "200 302"}
ADMIN_MODELS = {
    "teams_user": _KEEP,
    "teams_team": _KEEP,
    "teams_teammember": _ALL,
    "agents_apikey": _READ,
    "agents_run": _READ,
    "chats_chat": _READ,
    "chats_message": _READ,
    "account_emailaddress": _ALL,
    "procrastinate_procrastinatejob": _READ,
}
