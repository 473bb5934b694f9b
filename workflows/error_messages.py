"""The codes of what is wrong with a workflow, or fails in a run of one; each with its sentence."""

from django.utils.translation import gettext_noop

from sambung.lib import failures

_FIELDS = {
    "workflow_field_missing": gettext_noop("This is missing."),
    "workflow_field_empty": gettext_noop("This is empty."),
    "workflow_field_type": gettext_noop("This is of another type than it should be: %(type)s."),
    "workflow_field_choice": gettext_noop("This is none of: %(choices)s."),
    "workflow_field_long": gettext_noop("This is longer than %(limit)s characters."),
    "workflow_field_small": gettext_noop("This is less than %(limit)s."),
    "workflow_field_large": gettext_noop("This is more than %(limit)s."),
    "workflow_field_few": gettext_noop("This needs at least %(limit)s."),
    "workflow_field_many": gettext_noop("This takes at most %(limit)s."),
    "workflow_field_shape": gettext_noop("This is not what it should be. Fill it in again."),
    "workflow_schema_shape": gettext_noop("The fields are not described as they should be."),
    "workflow_schema_deep": gettext_noop("Fields lie in one another more than %(limit)s deep."),
    "workflow_schema_key": gettext_noop("The description of a field holds “%(key)s”, which is not known here."),
    "workflow_schema_type": gettext_noop("There is no type “%(type)s”."),
    "workflow_schema_format": gettext_noop("There is no format “%(format)s”."),
    "workflow_schema_pattern": gettext_noop("The pattern of a field is none, or too long."),
}
_GRAPH = {
    "workflow_name_twice": gettext_noop("Another node is called “%(name)s” as well. Give each its own name."),
    "workflow_id_twice": gettext_noop("Two nodes have the same id."),
    "workflow_parent_unknown": gettext_noop("This lies in something that is no loop and no group."),
    "workflow_edge_to_nothing": gettext_noop("An edge leads to a node that is not there."),
    "workflow_edge_to_itself": gettext_noop("An edge leads back to its own node."),
    "workflow_edge_twice": gettext_noop("Two edges are alike. Remove one."),
    "workflow_edge_of_note": gettext_noop("Notes and groups take no edges."),
    "workflow_edge_into_input": gettext_noop("Nothing leads to the input: it is where a run begins."),
    "workflow_edge_across": gettext_noop(
        "The edge from “%(source)s” to “%(target)s” leads into or out of a loop. Connect the loop itself."
    ),
    "workflow_edge_handle": gettext_noop("“%(name)s” has no way out called “%(handle)s”."),
    "workflow_circle": gettext_noop("“%(name)s” leads back to itself. For repetition use a loop."),
    "workflow_no_input": gettext_noop("There is no input. A run begins there: add one."),
    "workflow_second_input": gettext_noop("There is another input already. A workflow has one."),
    "workflow_no_output": gettext_noop("There is no output: a run would give nothing. Add one."),
    "workflow_end_in_loop": gettext_noop("“%(name)s” stands in a loop. Inputs and outputs stand outside."),
    "workflow_loops_deep": gettext_noop("Loops lie in one another at most %(most)s deep."),
    "workflow_not_reached": gettext_noop("Nothing leads to “%(name)s”: it never runs."),
    "workflow_reference_gone": gettext_noop("This refers to a node that is not there any more."),
    "workflow_reference_not_before": gettext_noop(
        "“%(name)s” does not come before this node, so that nothing of it is known here."
    ),
    "workflow_reference_outside": gettext_noop("“%(name)s” is not inside of this loop."),
    "workflow_reference_path": gettext_noop("“%(name)s” gives nothing called “%(path)s”, as far as is known."),
}
_NODES = {
    "workflow_todo": gettext_noop("This could not be brought over and is still to do. %(reason)s"),
    "workflow_branch_twice": gettext_noop("Two branches have the same id."),
    "workflow_branch_empty": gettext_noop("Branch %(n)s has no rule, so that nobody knows when to take it."),
    "workflow_rule_operator": gettext_noop("“%(op)s” cannot be asked of the type %(type)s."),
    "workflow_rule_type": gettext_noop("The rule compares %(wanted)s, but here is %(found)s."),
    "workflow_prompt_empty": gettext_noop("The model is asked nothing. Write here what it shall do."),
    "workflow_loop_empty": gettext_noop("The loop has nothing inside. Put nodes into it."),
    "workflow_loop_result": gettext_noop("Choose the node inside of the loop that gives the result of an item."),
    "workflow_loop_over": gettext_noop("A loop goes over a list, or from 1 to a number."),
    "workflow_loop_many": gettext_noop("The loop would go over %(n)s items; %(most)s are allowed."),
    "workflow_audience_nobody": gettext_noop("Nobody is asked. Choose who decides."),
    "workflow_button_twice": gettext_noop("Two buttons have the same id."),
    "workflow_button_unknown": gettext_noop("The button of the deadline is not among the buttons."),
    "workflow_needed_many": gettext_noop("More people must agree than are asked (%(n)s)."),
    "workflow_http_address": gettext_noop("This is no address. It begins with https:// or http://."),
    "workflow_http_header": gettext_noop("A header cannot be called “%(name)s”."),
    "workflow_output_twice": gettext_noop("Two values of the output have the same name."),
    "workflow_model_unknown": gettext_noop("The model %(model)s cannot be used here. Choose another."),
    "workflow_agent_unknown": gettext_noop("There is no such agent here, or you cannot use it. Choose another."),
    "workflow_tool_unknown": gettext_noop("The tool “%(name)s” cannot be used here. Choose another."),
    "workflow_tool_drifted": gettext_noop("The tool “%(name)s” has changed since it was chosen. Look at it again."),
    "workflow_tool_failed": gettext_noop("The tool did not work."),
    "workflow_agent_steps": gettext_noop("The agent used tools as often as it may and has not answered."),
    "workflow_document_unknown": gettext_noop("There is no such document here."),
    "workflow_collection_unknown": gettext_noop("There is no such collection here."),
    "workflow_person_unknown": gettext_noop("Somebody who is asked is not here any more. Choose others."),
    "workflow_secret_unknown": gettext_noop("A header names no key here. Give its value, or use a connected tool."),
}
_DRAFT = {
    "workflow_ids_foreign": gettext_noop("Nodes have ids that are not theirs. Nothing was saved."),
    "workflow_structure": gettext_noop("This is no workflow: %(problem)s"),
    "workflow_deep": gettext_noop("What a node holds lies more than %(most)s layers deep. Nothing was saved."),
}
_EDITING = {
    "workflow_operations": gettext_noop("The page sent changes that cannot be read. They are kept in the browser."),
    "workflow_edit_both": gettext_noop("Somebody changed this meanwhile, too. Choose which of the two stays."),
    "workflow_edit_gone": gettext_noop("This step was deleted meanwhile. Your change is kept here."),
    "workflow_edit_changed": gettext_noop("Somebody changed this step meanwhile, so that it was not deleted."),
    "workflow_nodes_many": gettext_noop("A workflow has at most %(most)s steps. This one was not added."),
    "workflow_parent_itself": gettext_noop("A loop or group cannot lie in itself."),
    "workflow_edge_from_output": gettext_noop("Nothing follows an output: it is where a run ends."),
}
_RUNS = {
    "workflow_given_up": gettext_noop("%(person)s has given this step up: nobody knew whether it had happened."),
    "workflow_input": gettext_noop("The input does not fit: %(problem)s"),
    "workflow_text_large": gettext_noop("A text would be longer than %(most)s characters."),
    "workflow_pattern_long": gettext_noop("A pattern is longer than %(most)s characters."),
    "workflow_value_deep": gettext_noop("A value lies too many layers deep to be kept."),
    "workflow_unexpected": gettext_noop("Something went wrong here. What is done is kept; run it again from there."),
    "workflow_no_room": gettext_noop(
        "The server's disk has no room for what this took or gave. Tell whoever runs the server."
    ),
    "workflow_storage_full": gettext_noop(
        "There is no room for the file (%(size)s) that came: the files here take as much as they may."
    ),
    "workflow_value_lost": gettext_noop(
        "A value of this run is lost on the server, so that it cannot go on. Start another run."
    ),
    "workflow_cut_off": gettext_noop("The server ended in the middle of this attempt. It was done again."),
    "workflow_timeout": gettext_noop("This took longer than it may."),
    "workflow_no_output_reached": gettext_noop("The run ended without reaching an output: no branch led there."),
    "workflow_not_approved": gettext_noop("This was not approved."),
    "workflow_no_mock": gettext_noop("The test does not say what this node gives, and a test asks nobody."),
    "workflow_no_model": gettext_noop("There is no model that can be asked here. Choose one."),
    "workflow_rights_lost": gettext_noop("Whoever the run worked for has left, or lost the right to."),
    "workflow_calls_deep": gettext_noop("Workflows call one another more than %(most)s deep."),
    "workflow_step_decided": gettext_noop("This was decided meanwhile, or the run has ended."),
    "workflow_wait_time": gettext_noop("There is no time here to wait for: a date and time, or a number of seconds."),
    "workflow_wait_long": gettext_noop("A run waits at most %(days)s days."),
    "workflow_wait_timeout": gettext_noop("Nothing came in time."),
    "workflow_limit_steps": gettext_noop("The run has reached its limit of %(most)s steps."),
    "workflow_limit_seconds": gettext_noop("The run has reached its limit of %(most)s seconds."),
    "workflow_limit_tokens": gettext_noop("The run has reached its limit of %(most)s tokens."),
    "workflow_limit_money": gettext_noop("The run would have cost more than its limit of %(most)s US dollars."),
    "workflow_limit_bytes": gettext_noop("The values of the run have reached their limit of %(most)s bytes."),
    "workflow_price_unknown": gettext_noop(
        "Nobody knows what this model costs, so that the run's limit of money cannot be kept. Choose another model."
    ),
    "workflow_answer_unfit": gettext_noop("The model's answer does not fit what was asked for: %(problem)s"),
    "workflow_code_failed": gettext_noop("The code failed: %(problem)s"),
    "workflow_code_input": gettext_noop("“%(name)s” cannot be the name of a value in code."),
    "workflow_code_result": gettext_noop("What the code gives does not fit: %(problem)s"),
    "workflow_http_json": gettext_noop("The body is no JSON: %(problem)s"),
    "workflow_http_moved": gettext_noop("The server sent us on to another address, which is not followed."),
    "workflow_http_blocked": gettext_noop("The request was not made: %(problem)s"),
    "workflow_http_failed": gettext_noop("The server could not be reached, or did not answer in time."),
    "workflow_http_busy": gettext_noop("The server answered %(status)s. It may go well another time."),
    "workflow_http_status": gettext_noop("The server answered %(status)s."),
    "workflow_http_large": gettext_noop("The answer is larger than %(most)s MB, which is not read."),
    "workflow_file_unknown": gettext_noop("The value is no file that this run may read."),
    "workflow_file_lost": gettext_noop("The file “%(name)s” is lost on the server."),
    "workflow_image_kind": gettext_noop("“%(name)s” is no image that models read: PNG, JPEG, WebP or GIF."),
}
_PUBLISHING = {
    "workflow_has_faults": gettext_noop("The draft cannot be published yet: %(count)s things are wrong with it."),
    "workflow_tests_failed": gettext_noop("Tests fail: %(count)s. Mend the workflow or its tests."),
    "workflow_calls_itself": gettext_noop("The workflow would call itself: %(names)s."),
    "workflow_gone": gettext_noop("This workflow is not published any more, or not for you."),
    "workflow_run_failed": gettext_noop("The workflow “%(name)s” failed."),
    "workflow_run_stopped": gettext_noop("The workflow was stopped before it had ended."),
    "workflow_run_deleted": gettext_noop("The run of this workflow was deleted."),
}
_TRIGGERS = {
    "trigger_unpublished": gettext_noop("The workflow is not published any more."),
    "trigger_nobody": gettext_noop(
        "Whoever it ran as has gone, or cannot use the workflow any more. Turn it on again to run it as yourself."
    ),
    "schedule_fields": gettext_noop(
        "Write five fields: minute, hour, day, month and day of the week. Or a word such as @daily."
    ),
    "schedule_unreadable": gettext_noop(
        "These fields name no time. An example: 30 7 * * 1-5 is 07:30 from Monday to Friday."
    ),
    "schedule_zone": gettext_noop("There is no time zone “%(zone)s”."),
    "webhook_unknown": gettext_noop("There is no webhook at this address."),
    "webhook_rests": gettext_noop("This webhook rests: somebody has to turn it on again."),
    "webhook_header_missing": gettext_noop("A header that shows where this comes from is missing."),
    "webhook_time_unreadable": gettext_noop("The header webhook-timestamp holds no seconds since 1970."),
    "webhook_time_far": gettext_noop("The header webhook-timestamp is more than five minutes away from now."),
    "webhook_signature_wrong": gettext_noop("The signature or secret is none of those that hold now."),
    "webhook_id_too_long": gettext_noop("The id of the message is longer than 256 characters."),
    "webhook_too_large": gettext_noop("The body is larger than 1 MB."),
    "webhook_type_unknown": gettext_noop("The body must be application/json or application/x-www-form-urlencoded."),
    "webhook_unreadable": gettext_noop("The body cannot be read as what its type says."),
    "webhook_misfit": gettext_noop("The body does not fit what the workflow takes."),
    "webhook_secret_lost": gettext_noop("The secret of this webhook cannot be opened any more. Give it another."),
}
MESSAGES = _FIELDS | _GRAPH | _NODES | _DRAFT | _EDITING | _RUNS | _PUBLISHING | _TRIGGERS
failures.register(MESSAGES)
