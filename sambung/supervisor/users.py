"""As whom the database server runs: PostgreSQL refuses root, so root hands it to another user."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")
# Rights to pass through directories that are closed to the user, the lesser one first. Each with its number
# in the kernel's masks; a container's root often has the second one alone.
CAPABILITIES = (("dac_read_search", 2), ("dac_override", 1))


class UserError(Exception):
    """No user can run the database server; the text is one sentence."""


@dataclass(frozen=True)
class Account:
    """The user of the server. Without a uid it is the one who runs this process."""

    uid: int | None = None
    gid: int | None = None
    capability: str = ""

    def command(self, *argv: str | Path) -> list[str]:
        """Give the command line that runs `argv` as this user."""
        words = [str(word) for word in argv]
        if not self.capability:
            return words
        right = f"+{self.capability}"
        # access(2), by which initdb looks for its programs, forgets rights of whoever is not root without that bit.
        return [
            *(
                "setpriv",
                "--securebits",
                "+no_setuid_fixup",
                "--reuid",
                str(self.uid),
                "--regid",
                str(self.gid),
                "--clear-groups",
            ),
            *("--inh-caps", right, "--ambient-caps", right, "--", *words),
        ]

    def options(self) -> dict[str, Any]:
        """Give the options of `subprocess.Popen` that belong to `command`."""
        if self.uid is None or self.capability:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a directory with all in it to this user, unless it is theirs."""
        if self.uid is None or path.stat().st_uid == self.uid:
            return
        for folder, _, files in os.walk(path):
            for name in (folder, *(os.path.join(folder, file) for file in files)):
                os.chown(name, self.uid, self.gid, follow_symlinks=False)


def pick(data: Path, programs: Path) -> Account:
    """Choose who runs the server on the directory `data` with the programs in `programs`.

    Raises UserError.
    """
    if os.geteuid() != 0:
        return Account()
    entry = _owner(data) or _first_candidate()
    closed = [path for path in (data.parent, programs) if not _can_pass(path, entry)]
    if not closed:
        return Account(entry.pw_uid, entry.pw_gid)
    if not shutil.which("setpriv"):
        raise UserError(
            f"PostgreSQL does not run as root, and the user {entry.pw_name} cannot reach {closed[0]}: "
            "install setpriv (util-linux), or run Sambung as an ordinary user."
        )
    return Account(entry.pw_uid, entry.pw_gid, _capability())


def _first_candidate() -> pwd.struct_passwd:
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise UserError("PostgreSQL does not run as root, and there is no user postgres or nobody: make one of them.")


def _owner(path: Path) -> pwd.struct_passwd | None:
    """Give the owner of a directory, None for root and for a number without a name: neither can run it."""
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid) if uid else None
    except KeyError:
        return None


def _can_pass(path: Path, entry: pwd.struct_passwd) -> bool:
    """Tell whether the user may enter the directory and all above it."""
    for part in (path.resolve(), *path.resolve().parents):
        found = part.stat()
        if found.st_uid == entry.pw_uid:
            bit = stat.S_IXUSR
        else:
            bit = stat.S_IXGRP if found.st_gid == entry.pw_gid else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def _capability() -> str:
    """Give the least right that this root may hand on."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, mask = line.partition(":")
        if name == "CapBnd":
            for capability, number in CAPABILITIES:
                if int(mask, 16) >> number & 1:
                    return capability
    raise UserError("PostgreSQL does not run as root, and this root has no right to hand on: run as another user.")
