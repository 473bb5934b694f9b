"""What services say when they refuse, and what it means: one row for each wording, with a public source of it.

A source is a thread of a public repository and its month. `docs/providers.md` tells people the same by provider.
"""

import re
from typing import NamedTuple

# What a failure is, whatever was sent.
TOO_LARGE, TOO_LONG, RATE, QUOTA = "too_large", "too_long", "rate", "quota"
PLACE, KEY, REFUSED, GONE = "place", "key", "refused", "gone"

#: What a service calls a key; that it lacks a right for something is another matter.
_KEY = r"\b(api[ _-]?key|secret key|(your|the|this) key|(access|auth\w*|bearer) (token|key)|credentials?)\b"


class Row(NamedTuple):
    """`means`: what the failure is, or what may be left out, most likely first. `statuses`: of these alone."""

    words: str
    means: tuple[str, ...]
    source: str
    statuses: frozenset[int | None] = frozenset()


def _rows(means: str, *rows: tuple, statuses: tuple[int, ...] = ()) -> tuple[Row, ...]:
    return tuple(Row(words, tuple(means.split()), source, frozenset(statuses)) for words, source in rows)


#: The first that fits counts. More than the minute's tokens at once can be sent in part, while waiting does not help;
#: "too many tokens, please wait" is the opposite.
KINDS = (
    *_rows(
        TOO_LARGE,
        (r"request too large for", "vanna-ai/vanna-flask#11 2024-06"),
        (r"reduce your message size", "HunorLaczko/ha-groq-cloud-api#27 2026-05"),
    ),
    *_rows(
        RATE,
        (r"too many tokens( per \w+)?, please wait", "anthropics/claude-code#236 2025-02"),
        (r"tokens per (min|minute|day|hour)\b", "elizaOS/eliza#4040 2025-03"),
        statuses=(400, 413, 429, 500, 503),
    ),
    *_rows(
        QUOTA,
        (r"credit balance is too low", "anthropics/claude-code#66314 2026-06"),
        (r"insufficient[_ ](user[_ ])?(quota|balance|credits?)", "songquanpeng/one-api#898 2024-01"),
        (r"额度不足|余额不足", "QuantumNous/new-api#6929 2026-08"),
        statuses=(400, 403),
    ),
    *_rows(
        QUOTA,
        (r"key limit exceeded", "gptme/gptme#1449 2026-02"),
        (r"used all available credits", "Anantys-oss/koan#2412 2026-07"),
        (r"run out of credits", "Wei-Shaw/sub2api#4069 2026-07"),
        statuses=(403, 429),
    ),
    *_rows(
        PLACE,
        (r"unsupported_country_region_territory", "songquanpeng/one-api#1692 2024-07"),
        (r"country, region, or territory not supported", "continuedev/continue#11449 2026-03"),
        (r"user location is not supported", "google-gemini/gemini-cli#1993 2025-06"),
    ),
    *_rows(
        KEY,
        (r"api_key_invalid|api key not valid", "cequence-io/openai-scala-client#109 2026-03"),
        statuses=(400,),
    ),
    *_rows(
        KEY,
        (
            rf"{_KEY}.{{0,40}}\b(invalid|not valid|disabled|expired|revoked|leaked)",
            "googleapis/python-genai#1764 2025-11",
        ),
        (
            rf"\b(invalid|incorrect|expired|missing)( \w+){{0,2}} {_KEY}|\bno {_KEY}",
            "continuedev/continue#11010 2026-03",
        ),
        (r"header of type .?authorization.? was missing", "Alishahryar1/free-claude-code#36 2026-02"),
        (r"security token included in the request is (invalid|expired)", "anthropics/claude-code#2260 2025-07"),
        (r"unregistered callers", "PublicAffairs/openai-gemini#92 2026-05"),
        (r"login fail: please carry the api secret key", "nearai/ironclaw#1742 2026-03"),
        (r"authentication_error", "BerriAI/litellm#23640 2026-03"),
        (r"无效的令牌", "QuantumNous/new-api#4712 2026-05"),
        statuses=(403,),
    ),
    *_rows(
        REFUSED,  # what was said, not who said it
        (r"requires moderation|input was flagged|content_policy_violation", "enricoros/big-AGI#352 2024-01"),
        statuses=(400, 403),
    ),
    *_rows(
        GONE,
        (r"model[ _]not[ _]found", "gpustack/gpustack#3801 2025-12"),
        (r"\bmodel\b.{0,100}\b(does not exist|reached its end of life)", "janhq/jan#6595 2025-09"),
        (r"\bmodel\b.{0,100}\bhas been (deprecated|retired)", "boxblinkracer/shopware-ai-demodata#6 2024-02"),
        (r"\bmodel\b.{0,100}\bdecommissioned", "valentinfrlch/ha-llmvision#324 2025-04"),
        (r"\bmodel\b.{0,100}\bis no longer (available|supported)", "NVIDIA/NemoClaw#11902 2026-09"),
        (r"is not a valid model id", "continuedev/continue#10758 2026-02"),
        (r"\binvalid model(\.|:)", "decolua/9router#1187 2026-05"),
        statuses=(400, 403, 404, 410, 422),
    ),
    *_rows(
        TOO_LONG,
        (r"maximum prompt length is \d+", "cline/cline#3120 2025-04"),
        (r"input token count .{0,24}exceeds the maximum", "earendil-works/pi#6262 2026-07"),
        (r"prompt is too long", "aaif-goose/goose#7504 2026-02"),
        (r"input is too long for (the )?requested model", "aws-samples/bedrock-chat#95 2023-12"),
        (r"input length and `?max_tokens`? exceed context limit", "continuedev/continue#6080 2025-06"),
        (r"`?inputs`? tokens \+ `?max_new_tokens`? must be", "opea-project/GenAIExamples#340 2024-06"),
        (r"range of input length should be", "QwenLM/qwen-code#98 2025-07"),
        (r"context length of only \d+|context the overflows", "lmstudio-ai/lmstudio-bug-tracker#546 2025-03"),
        (r"n_keep.{0,20}>= ?n_ctx", "Gitlawb/openclaude#353 2026-04"),
        (r"input length .{0,20}exceeds", "sgl-project/sglang#4048 2025-06"),
        (r"longer than the model.{1,3}s context length", "QwenLM/Qwen3#1321 2025-04"),
        (r"maximum context length|context_length_exceeded", "ChatGPTNextWeb/NextChat#3195 2023-11"),
        (r"exceed_context_size|exceeds the available context size", "ggml-org/llama.cpp#15780 2025-09"),
        (r"context (size|window)( of|\b.{0,10}exceeded)", "ggml-org/llama.cpp#19774 2026-02"),
        (r"context window exceeds limit", "MiniMax-AI/MiniMax-M2#119 2026-05"),
        (r"exceeded model token limit", "MoonshotAI/kimi-cli#2011 2026-04"),
        (r"prompt token count of \d+ exceeds the limit", "opencode-ai/opencode#305 2025-07"),
        (r"prompt exceeds max length", "zeroclaw-labs/zeroclaw#4124 2026-03"),
        statuses=(400, 413, 422, 500, 503),
    ),
)

#: What a model does not take. Only what was sent counts, so the first of what a row means that was sent is left out.
LESSONS = (
    *_rows(
        "chat_completions thinking tools",
        (r"tools with reasoning_effort are not supported", "BerriAI/litellm#34569 2026-07"),
    ),
    *_rows(
        "tools",
        (r"tool choice requires .{0,4}enable-auto-tool-choice", "QwenLM/Qwen-Agent#344 2024-09"),
        (r"no endpoints found that support tool use", "rbb-dev/Open-WebUI-OpenRouter-pipe#58 2026-07"),
        (r"(does not|doesn.t) support (tools?\b|function)", "ollama/ollama#11131 2025-06"),
        (r"(function|tool)[ _-]?call(ing|s)?.{0,4} (is|are) not (enabled|supported)", "BerriAI/litellm#10313 2025-04"),
        (r"\btools?( use)?.{0,4} (is|are) not (supported|allowed|enabled)", "sbintuitions/flexeval#242 2025-09"),
        (r"unexpected role.{0,10}\btool\b.{0,3}$", "mistralai/mistral-inference#135 2024-03"),
        (r"tools param requires --jinja", "containers/ramalama#988 2025-03"),
        (r"unsupported param: tools", "ggml-org/llama.cpp#10920 2024-12"),
        (r"unrecognized request arguments? supplied: .{0,40}\btools\b", "lobehub/lobehub#1118 2024-01"),
    ),
    *_rows(
        "files",
        (r"invalid value: .?file\b", "openai/openai-dotnet#393 2025-03"),
        (r"file must have a file_id", "danny-avila/LibreChat#16235 2026-09"),
        (r"(type|variant) .{0,2}file\b.{0,3}(is not supported|, expected)", "danny-avila/LibreChat#16235 2026-09"),
    ),
    *_rows(
        "images",
        (r"unknown variant .?image_url", "rikkahub/rikkahub#1433 2026-07"),
        (r"no endpoints found that support image input", "nexu-io/nexu#875 2026-04"),
        (r"(does not|doesn.t) support (image|vision|multimodal)", "ollama/ollama#17301 2026-07"),
        (r"(does not|doesn.t) support content elements of type image", "vercel/ai#3667 2024-11"),
        (r"image inputs? (is|are) not supported", "llamastash/llamastash#13 2026-06"),
        (r"at most 0 image", "vllm-project/vllm#9739 2024-10"),
        (r"image input modality is not enabled", "google/generative-ai-docs#513 2024-08"),
        (r"image_url is only supported by", "browser-use/web-ui#274 2025-02"),
        (r"content.{0,60}input should be .?text", "thinking-machines-lab/tinker-feedback#83 2026-02"),
        (r"is not a multimodal model", "vllm-project/vllm#23402 2025-08"),
        (r"messages?\[\d+\].{0,4}content.{0,3} must be a string", "vercel/ai#2837 2024-08"),
        (r"untagged enum ChatCompletionRequestContent", "browser-use/browser-use#159 2025-01"),
        (r"invalid type: sequence, expected a string", "chatboxai/chatbox#1740 2025-01"),
    ),
    *_rows(
        "system",
        (r"developer instruction is not enabled", "CherryHQ/cherry-studio#3242 2025-03"),
        (r"does not support .{0,2}(system|developer)", "janhq/jan#4392 2025-01"),
        (r"doesn.t support system messages", "Mintplex-Labs/anything-llm#2486 2024-10"),
        (r"system (role|messages?).{0,3} (is |are )?not supported", "huggingface/chat-ui#1386 2024-08"),
        (r"system_instruction is not supported", "neo4j-labs/llm-graph-builder#555 2024-07"),
        (r"unexpected role .{0,3}system\b", "Maol-1997/cursor-claude-connector#3 2025-07"),
    ),
    *_rows(
        "turns system tools",
        (r"roles? must alternate", "vllm-project/vllm#6862 2024-07"),
        (r"must alternate between", "langchain-ai/langchainjs#6724 2024-09"),
        (r"successive user or assistant messages", "deepseek-ai/DeepSeek-R1#21 2025-01"),
        (r"must start with a user message", "langgenius/dify#12340 2025-01"),
        (r"unexpected role .?user.? after role .?tool", "mistralai/mistral-vibe#578 2026-04"),
        (r"function call turn comes immediately after a user turn", "google-gemini/gemini-cli#11814 2025-10"),
    ),
    *_rows(
        "system tools",
        (r"\.role: input should be .user. or .assistant.", "ogx-ai/ogx#5982 2026-05"),
    ),
    *_rows(
        "system tools turns",
        (r"only user and assistant roles are supported", "withcatai/node-llama-cpp#263 2024-07"),
    ),
    *_rows(
        "reasoning_effort",
        (r"thinking (level )?is not (enabled|supported)", "RooCodeInc/Roo-Code#10700 2026-01"),
        (r"budget 0 is invalid|only works in thinking mode", "docker/docker-agent#2051 2026-03"),
        (r"not support setting thinking_budget to 0", "earendil-works/pi#3460 2026-04"),
        (r"include_thoughts is only enabled when thinking is enabled", "lobehub/lobehub#7985 2025-05"),
    ),
    *_rows(
        "reasoning_effort",
        (r"expected .?thinking.? or .?redacted_thinking", "anomalyco/opencode#3077 2025-10"),
    ),
    *_rows(
        "cache_control",
        (r"cache_control.{0,4}: extra inputs are not permitted", "cg-dot/vertexai-cf-workers#21 2024-11"),
        (r"extra inputs are not permitted.{0,30}cache_control", "routatic/proxy#53 2026-05"),
    ),
    *_rows(
        "chat_completions",
        (r"only supported in v1/responses", "openai/codex#1306 2025-06"),
        (r"not a chat model and thus not supported", "tingly-dev/tingly-box#233 2026-01"),
        (r"please use /?v1/responses", "openakita/openakita#77 2026-03"),
    ),
    *_rows(
        "stream",
        (r"verified to stream this model", "glowingjade/obsidian-smart-composer#466 2025-08"),
        (r"stream.{0,3} does not support true", "animalnots/BetterChatGPT-PLUS#62 2024-09"),
    ),
    *_rows(
        "summaries",
        (r"verified to generate reasoning summaries", "continuedev/continue#12031 2026-04"),
        (r"reasoning\.summary", "OpenHands/software-agent-sdk#987 2025-11"),
    ),
    *_rows(
        "thoughts",
        (r"encrypted content is not supported", "OpenHands/software-agent-sdk#1208 2025-11"),
    ),
    *_rows(
        "earlier_thoughts",
        (r"encrypted[ _]content.{0,300}could not be verified", "pydantic/pydantic-ai#4608 2026-03"),
        (r"invalid_encrypted_content", "Wei-Shaw/sub2api#2863 2026-05"),
        (r"invalid .?signature.? in .?thinking", "vybestack/llxprt-code#2335 2026-07"),
        (r"thought signature is not valid", "decolua/9router#301 2026-03"),
        (r"corrupted thought signature", "heyhuynhgiabuu/proxypal#119 2026-01"),
    ),
    *_rows(
        "response_format",
        (r"response_format type is unavailable", "ItzCrazyKns/Vane#969 2026-01"),
        (r"response_format\.type .{0,3}json_schema.{0,3} is unavailable", "browser-use/browser-use#215 2025-01"),
    ),
)

#: The longest answer that a model gives, in tokens: the first group.
LONGEST = (
    (r"supports at most (\d+) (?:completion|output) tokens", "ChatGPTNextWeb/NextChat#3195 2023-11"),
    (r"max_(?:completion_)?tokens`? must be less than or equal to `?(\d+)", "RooCodeInc/Roo-Code#5729 2025-07"),
    (r"max_tokens: \d+ > (\d+)", "OpenHands/OpenHands#11090 2025-09"),
    (r"range of max_tokens (?:is|should be) \[1, ?(\d+)\]", "open-webui/open-webui#10507 2025-02"),
    (r"max_(?:completion_)?tokens.{0,120}expected a value <= (\d+)", "Gitlawb/openclaude#331 2026-04"),
    (r"max_tokens \(\d+\) exceeds .{0,40}\((\d+)\)", "DaviRain-Su/hyper-grok-build#44 2026-08"),
    (r"maximum tokens you requested exceeds? the model limit of (\d+)", "charmbracelet/crush#946 2025-09"),
)

#: How many images a request may hold: the first group.
MOST_IMAGES = ((r"at most (\d+) image", "vllm-project/vllm#9739 2024-10"),)

#: That a field which is named is not taken as it was sent.
REFUSES = (
    (r"unrecogni[sz]ed", "formulahendry/wechat-acp#16 2026-03"),
    (r"unknown", "QuantumNous/new-api#418 2024-08"),
    (r"unsupported|not support", "owndev/Open-WebUI-Functions#136 2026-02"),
    (r"not permitted|extra_forbidden", "mistralai/platform-docs-public#7 2024-01"),
    (r"is deprecated", "sipeed/picoclaw#2939 2026-05"),
    (r"only the default", "QwenLM/qwen-code#921 2025-10"),
    (r"cannot both be specified", "szczyglis-dev/py-gpt#184 2026-05"),
    (r"is unavailable", "bytedance/deer-flow#545 2025-08"),
    (r"incompatible", "vercel/ai#5609 2025-04"),
    (r"invalid|not valid", "Gitlawb/openclaude#331 2026-04"),
)
#: That its value is none that is taken, while others are: the next request may hold another.
RANGES = (
    (r"\brange: ", "anthropics/anthropic-sdk-python#893 2025-03"),
    (r"must be in (the )?range", "ai-forever/gigachain#237 2024-11"),
    (r"out of range|should be between", "Marker-Inc-Korea/AutoRAG#1100 2025-03"),
    (r"expected a value [<>]=?|(above|below) m(ax|in)imum", "Gitlawb/openclaude#331 2026-04"),
    (r"budget 0 is invalid|only works in thinking mode", "docker/docker-agent#2051 2026-03"),
    (r"not support setting thinking_budget to 0", "earendil-works/pi#3460 2026-04"),
)
#: Under which name a field is wanted: the first group.
INSTEAD = ((r"use .?[`'\"]?(\w+)[`'\"]? instead", "anomalyco/opencode#37964 2026-07"),)

SOURCES = tuple(row.source for row in (*KINDS, *LESSONS)) + tuple(
    source for _words, source in (*LONGEST, *MOST_IMAGES, *REFUSES, *RANGES, *INSTEAD)
)


def compiled(rows: tuple[Row, ...]) -> tuple[tuple[re.Pattern[str], Row], ...]:
    """Return rows with their words as patterns."""
    return tuple((re.compile(row.words, re.IGNORECASE), row) for row in rows)
