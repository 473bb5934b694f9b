"""The supervisor: starts PostgreSQL, the model and the web process, watches them, ends them in turn."""

import sys
import time

from sambung.supervisor import postgres
from sambung.supervisor.config import Config
from sambung.supervisor.model import EmbeddingModel, Model
from sambung.supervisor.served import ModelError
from sambung.supervisor.server import Server
from sambung.supervisor.watch import Signals, Watched

LOOK = 1.0  # seconds between two looks at the processes
READY_LOOK = 0.05  # seconds between two looks while starting
MODEL_PATIENCE = 10.0  # seconds that the model may take beyond the web process before the address is printed
READY_PATIENCE = 180.0  # seconds: a long migration is allowed, a web process that hangs is not


class StartError(Exception):
    """Sambung cannot run; the text is one sentence."""


class Supervisor:
    """What runs in one data directory."""

    def __init__(self, config: Config, *, app: str, dev: bool) -> None:
        self._config = config
        self._signals = Signals()
        self._model = Model(config.home)
        self._embeddings = EmbeddingModel(config.home)
        self._server = Server(config, app=app, dev=dev)
        self._has_database = not config.database_url
        self._watched: list[Watched] = []

    def run(self) -> None:
        """Start everything, say where it is, and watch until a signal asks for the end.

        Raises StartError, PostgresError.
        """
        try:
            self._start()
            while not self._signals.is_end_asked:
                self._signals.wait(LOOK)
                self._tend()
        finally:
            self._stop()

    def _start(self) -> None:
        logs = self._config.home.logs
        if self._config.has_model:
            self._start_model()
        if self._embeddings.is_there():
            self._start_embeddings()
        if self._has_database:
            home = self._config.home
            database = Watched(
                "PostgreSQL",
                start=lambda: postgres.start(home),
                is_alive=lambda: postgres.is_running(home),
                farewell=f"PostgreSQL keeps stopping; see {logs}/postgres.log.",
                errors=(postgres.PostgresError,),
            )
            database.begin()
            self._watched.append(database)
        if self._signals.is_end_asked:
            return
        web = Watched(
            "The web process",
            start=self._server.start,
            is_alive=self._server.is_alive,
            farewell=f"The web process keeps stopping; see above, and {logs}/sambung.log.",
        )
        web.begin()
        self._await_ready()
        self._watched.append(web)
        self._await_model()
        if not self._signals.is_end_asked:
            self._announce()

    def _await_model(self) -> None:
        """Whoever opens the address at once should get an answer; a model that is late does not hold it back long."""
        until = time.monotonic() + MODEL_PATIENCE
        while self._model.is_alive() and not self._model.has_answered and time.monotonic() < until:
            if self._signals.is_end_asked:
                return
            self._signals.wait(READY_LOOK)

    def _start_model(self) -> None:
        """Start the model beside the rest; without it, only the demonstration is missing."""
        model = Watched(
            "The bundled model",
            start=self._model.start,
            is_alive=self._model.is_alive,
            farewell=f"The bundled model does not run, others do; see {self._config.home.logs}/model.log.",
            is_vital=False,
            errors=(ModelError,),
            may_return=lambda: self._model.has_answered,
        )
        try:
            model.begin()
        except ModelError as error:
            _warn(f"The bundled model is not there: {error}.")
            return
        self._watched.append(model)

    def _start_embeddings(self) -> None:
        """Start the extra; without it documents are searched by words."""
        embeddings = Watched(
            "The embedding model",
            start=self._embeddings.start,
            is_alive=self._embeddings.is_alive,
            farewell=f"The embedding model does not run; see {self._config.home.logs}/embeddings.log.",
            is_vital=False,
            may_return=lambda: self._embeddings.has_answered,
        )
        embeddings.begin()
        self._watched.append(embeddings)

    def _await_ready(self) -> None:
        until = time.monotonic() + READY_PATIENCE
        while not self._signals.is_end_asked and not self._server.is_ready():
            if not self._server.is_alive():
                raise StartError(f"Sambung did not start: see above, and {self._config.home.logs}/sambung.log.")
            if time.monotonic() > until:
                raise StartError(f"Sambung does not answer: see {self._config.home.logs}/sambung.log.")
            self._signals.wait(READY_LOOK)

    def _announce(self) -> None:
        url = self._config.url
        print(f"Sambung runs at {url}", flush=True)
        token = self._config.home.secrets / "setup_token"
        if token.exists():
            print("Nobody has an account yet. Open this link once to make the first one, an admin:")
            print(f"{url}/setup/{token.read_text().strip()}/", flush=True)

    def _tend(self) -> None:
        for watched in self._watched[:]:
            if self._signals.is_end_asked:
                return
            watched.tend(_warn)
            if watched.has_given_up and watched.is_vital:
                raise StartError(watched.farewell)
            if watched.has_given_up:
                _warn(watched.farewell)
                self._watched.remove(watched)

    def _stop(self) -> None:
        """Web first, so that it can still write; the database last."""
        self._server.stop()
        self._model.stop()
        self._embeddings.stop()
        if self._has_database:
            postgres.stop(self._config.home)


def _warn(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
