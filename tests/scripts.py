"""The models of the scripted server that tests share; what each name does is written in bench/script.py."""

import json

#: Held replies wait for a release of their own name, so each test takes a name that no other test has.
HOLDS = [f"fake-hold3-plain-n{n}" for n in range(6, 46)]
HOLDS_CONTINUED = [f"fake-hold3-plain-n{n}-continues" for n in range(6, 16)]
#: One that nobody releases.
HELD = "fake-hold3-plain-n5"
#: Calls the tools that the question says, see `orders`.
OBEYS = "fake-obeys-plain-n5"
#: The same, and waits for a release in the middle of what it calls; each test takes its own.
HALFWAY = [f"fake-obeys-halfway-plain-n{n}" for n in range(1, 5)]
FAULTS = (
    "fake-e429",
    "fake-e500",
    "fake-e404",
    "fake-html502",
    "fake-full",
    "fake-empty",
    "fake-n0",
    "fake-n0-finish_content_filter",
    "fake-plain-n20-finish_content_filter",
    "fake-plain-n20-think-thoughts_lone",
    "fake-plain-n20-type_json",
    "fake-plain-n20-cut5",
    "fake-plain-n20-fin5",
    "fake-plain-n20-eof5",
    "fake-plain-n20-err5",
    "fake-plain-n20-garbage5",
    "fake-plain-n20-bigline5",
    "fake-plain-n20-stall5",
    "fake-plain-n20-empty5",
    "fake-plain-n20-utf8",
    "fake-plain-n20-nodone",
    "fake-plain-n20-nousage",
    "fake-plain-n20-t200",
    "fake-plain-e429x1-n8",
    "fake-plain-e500x1-n9",
    "fake-plain-cut4-n12-continues",
)
#: Each refuses some of what a chat sends, in the words of a service.
REFUSING = (
    "fake-plain-n4-no:stream_options:fastapi-no:tools:vllm",
    "fake-plain-n4-no:system:google-no:max_tokens:azure",
    "fake-plain-n4-no:images:deepseek",
    "fake-plain-n4-no:turns:vllm-no:temperature:openai",
    "fake-plain-n4-no:long:xai",
    "fake-plain-n4-no:long:groq",
)
WELL = (
    "fake-plain",
    "fake-plain-n12-continues",
    "fake-plain-n20",
    "fake-plain-n20-think",
    "fake-r50-n2000-plain",
    "fake-r200-n400-plain-p10",
    OBEYS,
    *HALFWAY,
)
MODELS = (*WELL, *HOLDS, *HOLDS_CONTINUED, HELD, *FAULTS, *REFUSING)


def orders(*steps: list[tuple[str, dict]]) -> str:
    """A question to OBEYS: the tools that are called with which arguments, a list for each step."""
    return "\n\n".join("\n".join(f"call {name} {json.dumps(args)}" for name, args in step) for step in steps)


SUM = ("calculate", {"expression": "6 * 7"})
