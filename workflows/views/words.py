"""What the editor of workflows says, by the names under which its scripts ask for it."""

from django.utils.translation import gettext as _

from agents.models import RunStatus
from workflows.models import StepStatus


def words() -> dict:
    """All words of the editor, in the present language."""
    return {**_acts(), **_graph(), **_states(), **_choices(), "aria": _canvas()}


def _acts() -> dict[str, str]:
    return {
        "add": _("Add a step"),
        "added": _("“%(name)s” has been added."),
        "inserted": _("“%(name)s” stands between “%(source)s” and “%(others)s” now."),
        "beside": _("“%(name)s” follows “%(source)s”, beside “%(others)s”."),
        "addBehind": _("Add a step behind this"),
        "insert": _("Insert a step here"),
        "connectFrom": _("Connect “%s” to…"),
        "connected": _("“%(source)s” leads to “%(target)s” now."),
        "disconnect": _("Remove a connection"),
        "disconnected": _("The connection has been removed."),
        "copied": _("Copied."),
        "removed": _("Removed."),
        "tidied": _("The steps are in order."),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "nothingToUndo": _("There is nothing to undo."),
        "nothingToRedo": _("There is nothing to do again."),
        "noGroup": _("Steps of one group must lie in the same loop or group."),
        "find": _("Find a step"),
        "noSuch": _("Nothing here has this name."),
        "noTarget": _("There is no step that this could lead to."),
        "noEdges": _("Nothing is connected to this step."),
        "fold": _("Fold the group"),
        "unfold": _("Unfold the group"),
        "emptyLoop": _("Add what is done for each item"),
        "emptyNote": _("An empty note"),
        "map": _("Small map of the workflow"),
        "afar": _("The workflow from afar. The list has all of its steps."),
    }


def _graph() -> dict[str, str]:
    return {
        "if": _("If"),
        "elseif": _("Else if"),
        "else": _("Else"),
        "error": _("On error"),
        "next": _("Then"),
        "inside": _("Inside of “%s”"),
        "from": _("from"),
        "to": _("to"),
        "off": _("switched off"),
        "oneInput": _("There is one already."),
        "refusal_self": _("A step cannot lead to itself."),
        "refusal_in": _("Nothing leads to this."),
        "refusal_out": _("Nothing follows this step."),
        "refusal_twice": _("They are connected already."),
        "refusal_loop": _("One of them is inside of a loop. Connect the loop itself."),
        "refusal_cycle": _("It would lead back to itself. For repetition use a loop."),
    }


def _states() -> dict[str, str]:
    steps = {f"step_{status.value}": str(status.label) for status in StepStatus}
    runs = {f"run_{status.value}": str(status.label) for status in RunStatus}
    return (
        steps
        | runs
        | {
            "state_saved": _("Saved"),
            "state_saving": _("Saving…"),
            "state_unreachable": _("Not saved: the server cannot be reached. What you did is kept here."),
            "state_signedOut": _("Not saved: you cannot write here any more. What you did is kept in this browser."),
            "refused": _("Not saved: your decision is needed (%s)."),
            "faults": _("To put right: %s"),
            "noFaults": _("Nothing is wrong."),
        }
    )


def _choices() -> dict[str, str]:
    return {
        "letGo": _("Let it go"),
        "yes": _("yes"),
        "no": _("no"),
        "drop_text": _("Keep theirs"),
        "insist_text": _("Take mine"),
        "drop_gone": _("Leave it deleted"),
        "insist_gone": _("Put it back with my change"),
        "drop_delete": _("Keep it"),
        "insist_delete": _("Delete it all the same"),
    }


def _canvas() -> dict[str, str]:
    """What React Flow says to screen readers, by its own keys."""
    chosen = _("Press Enter to open the step, C to connect it, A to add one behind it. Arrow keys move it.")
    return {
        "node.a11yDescription.default": chosen,
        "node.a11yDescription.keyboardDisabled": chosen,
        "node.a11yDescription.ariaLiveMessage": "",
        "edge.a11yDescription.default": _("Press Enter to choose the connection, Delete to remove it."),
        "minimap.ariaLabel": _("Small map of the workflow"),
        "handle.ariaLabel": _("Way in or out"),
    }
