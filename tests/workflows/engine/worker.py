"""A process that carries runs of workflows until it is killed. The address of the database is its argument."""

import asyncio
import os
import sys


async def main() -> None:
    """Carry runs, and say so."""
    from workflows.engine import carrier  # Django must be set up first

    carrier.host()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.environ["DATABASE_URL"] = sys.argv[1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sambung.settings")
    import django  # needs the environment

    django.setup()
    asyncio.run(main())
