"""The bundled model as a process of its own: llama.cpp's server on a free loopback port.

Usage: python -m sambung.supervisor.model_server PATH_OF_GGUF NAME < PIPE
It reads the API key from the first line of its input, prints one JSON line with its address as soon as it
answers, and ends when its input closes, when its parent is gone, or at SIGTERM.
"""

import json
import os
import select
import signal
import sys

PARALLEL = 4  # requests at once; llama.cpp divides the context between them
CONTEXT_PER_REQUEST = 2048  # tokens: what the bundled model was trained for
PARENT_CHECK = 2.0  # seconds


def main() -> None:
    """Serve until the parent goes away."""
    path, name = sys.argv[1:3]
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor decides
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    answer = _take_stdout()
    api_key = _read_line(0)
    server = serve(path, name, api_key)
    answer.write(json.dumps({"address": server.listening_address}) + "\n")
    answer.flush()
    while os.getppid() == parent:
        # Two nets: a closed pipe tells at once; a sibling that keeps it open cannot hide a dead parent.
        if select.select([0], [], [], PARENT_CHECK)[0] and not os.read(0, 1024):
            break
    os._exit(0)  # requests in flight must not keep the process


def serve(path: str, name: str, api_key: str):
    """Start llama.cpp's server for the model file at `path`; give it once it listens."""
    import xllamacpp  # large and native, and the supervisor reads a number of this module

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = max(1, cores - 1)  # with all cores its threads spin against everybody else's
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [api_key]
    params.n_ctx = PARALLEL * CONTEXT_PER_REQUEST
    params.n_parallel = PARALLEL
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.verbosity = 2  # warnings; prompts never reach the log
    params.cache_ram_mib = 0  # finished prompts would be kept, up to 8 GB of them
    params.ui = params.endpoint_slots = False
    params.cors_origins = ""
    return xllamacpp.Server(params)


def _take_stdout():
    """Give the original output; what llama.cpp prints there from now on goes with the errors."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answer


def _read_line(handle: int) -> str:
    """Read up to a newline, byte by byte: a buffer would swallow what `select` waits for."""
    line = b""
    while (byte := os.read(handle, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode()


if __name__ == "__main__":
    main()
