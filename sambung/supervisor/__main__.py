"""`make run` and `make dev`: everything on one machine, in one terminal."""

import argparse
import sys

from sambung.home import HomeError
from sambung.supervisor import config as configuration
from sambung.supervisor import instance, postgres, server
from sambung.supervisor.supervise import StartError, Supervisor


def main(argv: list[str] | None = None) -> int:
    """Run until told to end. Gives 0 after a signal, 1 with one line where it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m sambung.supervisor")
    parser.add_argument("--dev", action="store_true", help="load changed code anew")
    parser.add_argument("--app", default="sambung.asgi:application", help="the ASGI application")
    options = parser.parse_args(argv)
    try:
        config = configuration.load()
        with instance.claim(config.home, config.url):
            server.reap_orphan(config.home)
            configuration.check_port(config)
            Supervisor(config, app=options.app, dev=options.dev).run()
    except (
        configuration.ConfigError,
        HomeError,
        StartError,
        instance.AlreadyRuns,
        postgres.PostgresError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
