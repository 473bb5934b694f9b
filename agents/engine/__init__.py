"""The engine: asks a model and hands its answer on as it arrives.

Nothing outside imports a model library; nothing inside knows the ORM. Values and errors cost nothing to
import; the functions load what they need on first use, which `warm_up` does ahead of time for the transport.
"""

from agents.engine.asking import close, complete, reply, warm_up
from agents.engine.catalogue import list_models
from agents.engine.errors import (
    UNEXPECTED,
    AddressRefused,
    AuthFailed,
    BadRequest,
    ConnectFailed,
    ContextTooLong,
    CutOff,
    EmptyReply,
    EngineError,
    Garbled,
    Overloaded,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    TimedOut,
    TooLong,
    UnsupportedPart,
    UpstreamError,
)
from agents.engine.pace import Pace
from agents.engine.prices import cost
from agents.engine.tap import Sink
from agents.engine.tokens import TURN_TOKENS, count_tokens, upper_bound
from agents.engine.values import (
    Ask,
    Endpoint,
    Event,
    Finish,
    Limits,
    ModelInfo,
    Reasoning,
    Text,
    Turn,
    Usage,
)

__all__ = [
    "TURN_TOKENS",
    "UNEXPECTED",
    "AddressRefused",
    "Ask",
    "AuthFailed",
    "BadRequest",
    "ConnectFailed",
    "ContextTooLong",
    "CutOff",
    "EmptyReply",
    "Endpoint",
    "EngineError",
    "Event",
    "Finish",
    "Garbled",
    "Limits",
    "ModelInfo",
    "Pace",
    "Overloaded",
    "QuotaExceeded",
    "RateLimited",
    "Reasoning",
    "ServerFailed",
    "Sink",
    "Text",
    "TimedOut",
    "TooLong",
    "Turn",
    "UnsupportedPart",
    "UpstreamError",
    "Usage",
    "close",
    "complete",
    "cost",
    "count_tokens",
    "list_models",
    "reply",
    "upper_bound",
    "warm_up",
]
