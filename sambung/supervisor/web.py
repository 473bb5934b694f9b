"""The web process: uvicorn, which ends when the supervisor that holds the other end of its input is gone.

Usage: python -m sambung.supervisor.web APP --host HOST --port PORT [--reload FOLDER...] < PIPE
"""

import argparse
import os
import signal
import threading
import time

import uvicorn

GRACE = 10.0  # seconds for an orderly end
OPTIONS = {
    "http": "httptools",
    "loop": "uvloop",
    "ws": "websockets-sansio",
    "ws_max_size": 65536,  # bytes of one frame from a browser: commands, never files
    "ws_per_message_deflate": False,
    "timeout_graceful_shutdown": 5,  # seconds
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,  # TRUSTED_PROXIES tells whom to believe; uvicorn would believe whoever is on this machine
    "log_config": None,  # the settings configure logging
}


def main() -> None:
    """Watch the pipe and serve."""
    parser = argparse.ArgumentParser(prog="python -m sambung.supervisor.web")
    parser.add_argument("app")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--reload", nargs="+", metavar="FOLDER")
    arguments = parser.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True).start()

    uvicorn.run(
        arguments.app,
        host=arguments.host,
        port=arguments.port,
        reload=bool(arguments.reload),
        reload_dirs=arguments.reload,
        **OPTIONS,
    )


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


if __name__ == "__main__":
    main()
