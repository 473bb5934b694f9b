"""Why answers end, in the words of the services, and which ends leave a person without an answer."""

from typing import Protocol

from agents.engine import errors
from agents.engine.values import End

#: By what an end means; in small letters. OpenAI's, Anthropic's and Google's as their SDKs list them, and those of
#: servers that speak OpenAI's protocol.
WORDS: dict[End, tuple[str, ...]] = {
    "stop": ("stop", "end_turn", "stop_sequence", "compaction", "eos", "eos_token", "end", "complete", "completed"),
    "length": (
        *("length", "max_tokens", "max_output_tokens", "max_completion_tokens", "model_length"),
        *("model_context_window_exceeded", "context_length_exceeded", "continuation"),
    ),
    "tool_calls": ("tool_calls", "tool_call", "function_call", "tool_use"),
    "content_filter": (
        *("content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist", "prohibited_content"),
        *("spii", "image_safety", "image_prohibited_content", "image_recitation", "model_armor", "jailbreak"),
        *("sensitive", "guardrail_intervened", "guardrails"),
    ),
    "broken_call": (
        *("malformed_function_call", "unexpected_tool_call", "too_many_tool_calls", "malformed_tool_call"),
        *("malformed_response", "missing_thought_signature"),
    ),
    "paused": ("pause_turn",),
    "error": ("error", "network_error", "insufficient_system_resource", "abort", "aborted", "language"),
}
_KINDS: dict[str, End] = {word: kind for kind, words in WORDS.items() for word in words}

#: What a silent end is told as. All others are plainly empty.
_SILENT: dict[End, type[errors.EmptyReply]] = {
    "length": errors.NothingWithinLength,
    "tool_calls": errors.BrokenCall,
    "content_filter": errors.Filtered,
    "broken_call": errors.BrokenCall,
}

#: Ends that no text is whole after.
_HALVES: dict[End, type[errors.EngineError]] = {
    "broken_call": errors.BrokenCall,
    "paused": errors.Paused,
    "error": errors.UpstreamError,
}


def kind_of(reason: str | None) -> End:
    """Return what a service's word for its end means: none is a proper end, an unknown one `other`.

    Google's OpenAI address writes two in one: `function_call_filter: MALFORMED_FUNCTION_CALL`.
    """
    word = (reason or "stop").strip().lower()
    return (
        _KINDS.get(word) or _KINDS.get(word.rpartition(":")[2].strip()) or _KINDS.get(word.partition(":")[0], "other")
    )


class Said(Protocol):
    """What is known of an answer that has ended, such as a PartialReply."""

    finish_reason: str | None
    explanation: str
    has_called: bool
    has_answered: bool
    has_spoken: bool


def fault_of(partial: Said) -> errors.EngineError | None:
    """Return why an answer that has ended as it should is none, or not whole; None where it is one.

    Text that a filter has cut stays an answer: its Finish tells.
    """
    kind = kind_of(partial.finish_reason)
    if partial.has_called:
        return None
    if partial.has_answered:
        return _HALVES[kind](partial.explanation) if kind in _HALVES else None
    if partial.has_spoken and kind not in _SILENT:
        return errors.ThoughtOnly(partial.explanation)
    return _SILENT.get(kind, errors.EmptyReply)(partial.explanation)
