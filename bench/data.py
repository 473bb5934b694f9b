"""Case `data`: questions in SQL over one table, each answered by a process of its own, as people wait for them.

python -m bench.data --rows 1000000 --rounds 3

prints {"read", "seconds"} on one line: how long the file was read, once, and how long each question took.
"""

import argparse
import asyncio
import hashlib
import io
import json
import random
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import django

from bench.meter import percentile
from bench.stand import OVER_THE_BUILD, SERVER_CORE, Stand, end

QUESTIONS = (
    "SELECT count(*) FROM sales",
    "SELECT city, sum(amount) FROM sales GROUP BY city ORDER BY 2 DESC",
    "SELECT date_trunc('month', day) AS month, sum(amount), avg(kg) FROM sales GROUP BY 1 ORDER BY 1",
    "SELECT customer, sum(amount) FROM sales GROUP BY customer ORDER BY 2 DESC LIMIT 20",
    "SELECT * FROM sales WHERE customer = '004711' ORDER BY day",
    "SELECT count(DISTINCT customer) FROM sales WHERE amount > 500",
    "SELECT * FROM sales ORDER BY amount DESC, id LIMIT 50",
    "SELECT city, median(kg), quantile_cont(amount, 0.95) FROM sales GROUP BY city",
    "SELECT count(*) FROM sales WHERE note ILIKE '%late%'",
    "SELECT a.city, count(*) FROM sales a JOIN sales b ON a.id = b.id GROUP BY a.city",
    "SELECT city, day, sum(amount) OVER (PARTITION BY city ORDER BY day, id) FROM sales LIMIT 100",
)
_CITIES = ("Bandung", "Medan", "Makassar", "Ende", "Banda Aceh", "Takengon")
Figures = dict[str, float]


async def measure(stand: Stand, rows: int, rounds: int) -> Figures:
    """Ask in a process of the build, on the server's core."""
    arguments = ("--rows", str(rows), "--rounds", str(rounds))
    command = ("-c", OVER_THE_BUILD, __file__, *arguments)
    process = stand.spawn(SERVER_CORE, *command, build=stand.build, stdout=subprocess.PIPE)
    try:
        told = json.loads(await asyncio.to_thread(process.stdout.readline))
    finally:
        end(process)
    found = {f"data.p{share}": percentile(told["seconds"], share / 100) for share in (50, 95)}
    return found | {"data.read": told["read"]}


def sales(rows: int) -> bytes:
    """A CSV of so many sales, always the same: ids with zeros in front, dates, amounts, words."""
    chance, out = random.Random(14), io.StringIO()
    out.write("id,day,customer,city,kg,amount,note\n")
    days = [(date(2024, 1, 1) + timedelta(days=n)).isoformat() for n in range(730)]
    for n in range(rows):
        note = "late" if n % 97 == 0 else "paid in cash" if n % 3 else ""
        kg, amount = chance.randrange(25, 5000) / 100, chance.randrange(100, 100_000) / 100
        customer, city = chance.randrange(20_000), _CITIES[n % len(_CITIES)]
        out.write(f"{n:08},{days[n % 730]},{customer:06},{city},{kg},{amount},{note}\n")
    return out.getvalue().encode()


async def play(rows: int, rounds: int) -> dict:
    """Read the file, and ask each question so many times."""
    from documents.data import cache, querying  # late: the apps must be there
    from documents.data.sources import DataFile

    data = sales(rows)
    digest = hashlib.sha256(data).hexdigest()
    file = DataFile(UUID(int=0), "sales.csv", "csv", len(data), digest, lambda: data)
    begun = time.monotonic()
    database, (about,) = await cache.tables_of(file)
    read, seconds = time.monotonic() - begun, []
    found = querying.Tables({"sales": querying.Table("sales", file.name, Path(database), about)})
    for _ in range(rounds):
        for question in QUESTIONS:
            begun = time.monotonic()
            await querying.ask(question, found)
            seconds.append(time.monotonic() - begun)
    return {"read": read, "seconds": seconds}


def main() -> None:
    """Play once and print what it came to."""
    parser = argparse.ArgumentParser(description="Questions over one table.")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    options = parser.parse_args()
    django.setup()
    print(json.dumps(asyncio.run(play(options.rows, options.rounds))))


if __name__ == "__main__":
    main()
