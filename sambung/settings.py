"""Settings. The environment is read here, and by the supervisor; `.env.example` explains each variable."""

import logging
import secrets
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import limits
from django.utils.translation import gettext_lazy as _

from sambung.home import Home
from sambung.lib import crypto, database_url, env, mail_url, openid

PROJECT = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
env.read_file(PROJECT / ".env")  # the real environment wins over the file

# ---- Where it runs -------------------------------------------------------------------------------------
HOME = Home.open(env.text("SAMBUNG_HOME", str(PROJECT / "var")))
HOST = env.text("HOST", "127.0.0.1")
PORT = env.port("PORT", 8000)
PUBLIC_URL = env.public_url("PUBLIC_URL", f"http://{f'[{HOST}]' if ':' in HOST else HOST}:{PORT}")
DEBUG = env.flag("SAMBUNG_DEBUG")

_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = sorted({_public.netloc.removesuffix(f":{_public.port}"), "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SOCKET_ORIGINS = [PUBLIC_URL, *(f"http://{name}:{PORT}" for name in ("127.0.0.1", "localhost", "[::1]"))]

# ---- Secrets: made once in the data directory when unset -----------------------------------------------
SECRET_KEY = env.text("SECRET_KEY") or HOME.secret("secret_key", lambda: secrets.token_urlsafe(48))
ENCRYPTION_KEYS = env.text("ENCRYPTION_KEYS")  # "" = the data directory's, which teams/sealing.py reads afresh
try:
    crypto.Ring.parse(ENCRYPTION_KEYS or HOME.secret("encryption_keys", crypto.make_key))
except crypto.CryptoError as error:
    raise env.EnvError(f"ENCRYPTION_KEYS cannot be used. {error}") from None

# ---- Applications --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "sambung.apps.SambungConfig",
    "chats.apps.ChatsConfig",
    "documents.apps.DocumentsConfig",
    "workflows.apps.WorkflowsConfig",
    "agents.apps.AgentsConfig",
    "teams.apps.TeamsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "sambung.middleware.ErrorPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "teams.middleware.LastSeenMiddleware",
    "teams.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sambung.middleware.ScriptMiddleware",
    "sambung.not_now.NotNowMiddleware",
    "teams.middleware.ClientAddressMiddleware",
    "teams.middleware.SignInRequiredMiddleware",
    "teams.middleware.SecondFactorMiddleware",
    "teams.middleware.WorkspaceMiddleware",
]
ROOT_URLCONF = "sambung.urls"
ASGI_APPLICATION = "sambung.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sambung.context.shell",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Database ------------------------------------------------------------------------------------------
IS_DATABASE_EMBEDDED = not env.text("DATABASE_URL")
DB_POOL_MAX = env.integer("DB_POOL_MAX", 10, minimum=4)
_database = database_url.read(env.text("DATABASE_URL", HOME.database_url))
_ELSEWHERE = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
DATABASES = {
    "default": {setting: _database.get(name, "") for name, setting in _ELSEWHERE.items()}
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {name: value for name, value in _database.items() if name not in _ELSEWHERE}
        | {
            "server_side_binding": True,
            "prepare_threshold": 2,  # a connection plans a statement once: a third of the database's work of a send
            "connect_timeout": env.integer("DB_CONNECT_TIMEOUT", 10, minimum=1),
            # A host that goes without a word is noticed within 20 s; over a socket in the file system nothing is asked.
            "tcp_user_timeout": 20_000,  # milliseconds that what was sent may go unanswered
            "keepalives_idle": 10,  # seconds of silence, then a question every 5, twice
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "pool": {
                "min_size": 1,
                "max_size": DB_POOL_MAX,
                "max_idle": env.integer("DB_POOL_IDLE", 20, minimum=1),
                "timeout": env.integer("DB_CONNECT_TIMEOUT", 10, minimum=1),
                "reconnect_timeout": 5,  # seconds; tries grow ever rarer until then, and begin anew with the next need
            },
        },
    }
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}

# ---- People --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["teams.backends.PeopleBackend"]
PASSWORD_HASHERS = [
    "teams.hashers.Scrypt",
    "teams.hashers.PBKDF2",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "teams.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "teams.forms.accounts.SignUpForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address for each person
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXIES", 0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SOCIALACCOUNT_ADAPTER = "teams.social.ElsewhereAdapter"
SOCIALACCOUNT_FORMS = {"signup": "teams.forms.accounts.ElsewhereSignUpForm"}
SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_ADAPTER = "teams.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sambung"
MFA_TOTP_TOLERANCE = 1  # codes before and after the present one that count as well: RFC 6238, 5.2
MFA_FORMS = {
    "authenticate": "teams.forms.factors.AuthenticateForm",
    "reauthenticate": "teams.forms.factors.ReauthenticateForm",
    "activate_totp": "teams.forms.factors.AddAppForm",
}


# ---- Accounts elsewhere that people may sign in with ---------------------------------------------------
_GOOGLE = "https://accounts.google.com"
_tenant = env.text("MICROSOFT_TENANT", "consumers")
_MICROSOFT = f"https://login.microsoftonline.com/{_tenant}/v2.0"
_openids = [
    ("Google", _GOOGLE, env.text("GOOGLE_CLIENT_ID"), env.text("GOOGLE_CLIENT_SECRET")),
    ("Microsoft", _MICROSOFT, env.text("MICROSOFT_CLIENT_ID"), env.text("MICROSOFT_CLIENT_SECRET")),
    (
        env.text("OIDC_NAME", "OpenID"),
        env.url("OIDC_ISSUER"),
        env.text("OIDC_CLIENT_ID"),
        env.text("OIDC_CLIENT_SECRET"),
    ),
]
_github = {"client_id": env.text("GITHUB_CLIENT_ID"), "secret": env.text("GITHUB_CLIENT_SECRET")}
_github = _github if _github["client_id"] else {}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": openid.apps([found for found in _openids if found[2]], taken={"github"} if _github else set()),
    },
    "github": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["user:email"], "APPS": [_github] if _github else []},
}

# ---- Security headers and cookies ----------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "frame-src": ["'self'"],
        "manifest-src": ["'self'"],
    }
}
#: Of files and pictures: opened by themselves they may load, send and embed nothing.
FILE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
#: Of the frames that draw what is foreign: no origin, no requests, no forms, no windows; only our scripts run.
FRAME_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# Browsers keep cookies by host alone, so a second server on this machine would take the first one's. Ports tell them
# apart: that of the address and, where people may also come without it, the one listened at.
_port = _public.port or env.PORTS[_public.scheme]
_ports = {443: ""}.get(_port, f"_{_port}") if IS_HTTPS else "_".join(["", *map(str, dict.fromkeys((_port, PORT)))])
_prefix = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}sambung_session{_ports}"
CSRF_COOKIE_NAME = f"{_prefix}sambung_csrf{_ports}"
LANGUAGE_COOKIE_NAME = f"{_prefix}sambung_language{_ports}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "teams.sessions"
SESSION_COOKIE_AGE = env.integer("SESSION_DAYS", 30, minimum=1) * 60 * 60 * 24  # seconds from the sign-in
SESSION_IDLE_DAYS = env.integer("SESSION_IDLE_DAYS", 14, minimum=1)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Bytes of a form: the longest message in any script, percent-encoded, so that the form itself can say what is too long.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
CSRF_FAILURE_VIEW = "sambung.errors.csrf_failure"

# ---- Words, time ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("id", _("Indonesian"))]
LOCALE_PATHS = [HOME.root / "build" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# ---- Files ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME.static
STATICFILES_DIRS = [PROJECT / "static"]
STORAGES = {
    "default": {
        "BACKEND": "sambung.lib.storage.WholeFiles",
        "OPTIONS": {"location": HOME.files},
    },
    "staticfiles": {"BACKEND": "sambung.assets.HashedStorage"},
}

#: Hosts of links that open without a page that asks first: our own, and those that the operator trusts.
TRUSTED_LINK_HOSTS = {_public.netloc, *env.hosts("TRUSTED_LINK_HOSTS")}

MEGABYTE = 1_000_000
DATA_TABLES = HOME.tables  # of files that were asked lately
ATTACHMENT_MAX_BYTES = env.integer("ATTACHMENT_MAX_MB", 25, minimum=1) * MEGABYTE  # of one file
ATTACHMENT_PERSON_BYTES = env.integer("ATTACHMENT_PERSON_MB", 1000) * MEGABYTE  # of all personal ones; 0 = any
ATTACHMENT_TEAM_BYTES = env.integer("ATTACHMENT_TEAM_MB", 10_000) * MEGABYTE  # of all of a team; 0 = any
ATTACHMENTS_MAX = env.integer("ATTACHMENTS_MAX", 20, minimum=1)  # of one message
IMPORT_MAX_MB = env.integer("IMPORT_MAX_MB", 200, minimum=1)  # of one file with chats from elsewhere

# ---- Mail ----------------------------------------------------------------------------------------------
if env.text("EMAIL_URL"):
    EMAIL_BACKEND = "sambung.mail.SmtpBackend"
    vars().update(mail_url.read(env.text("EMAIL_URL")))
else:
    EMAIL_BACKEND = "sambung.mail.ConsoleAndFileBackend"
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 10, minimum=1)  # seconds for the server to take one mail
EMAIL_FILE_PATH = HOME.mail
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", f"Sambung <sambung@{_public.hostname}>")


# ---- Models --------------------------------------------------------------------------------------------
def model_servers() -> dict[str, tuple[str, str]]:
    """The servers that the environment names: provider -> its address ("" for the usual one) and key."""
    openai = env.url("OPENAI_BASE_URL"), env.text("OPENAI_API_KEY")
    is_openai = not openai[0] or f"{openai[0]}/".startswith("https://api.openai.com/")
    named = {
        "openai" if is_openai else "openai_compatible": openai,
        "anthropic": (env.url("ANTHROPIC_BASE_URL"), env.text("ANTHROPIC_API_KEY")),
        "google": (env.url("GOOGLE_BASE_URL"), env.text("GOOGLE_API_KEY")),
        "groq": (env.url("GROQ_BASE_URL"), env.text("GROQ_API_KEY")),
        "ollama": (env.url("OLLAMA_BASE_URL"), ""),
    }
    return {provider: server for provider, server in named.items() if any(server)}


MODEL_SERVERS = model_servers()
#: Search services that the environment names, for everybody: service -> its address ("" for the usual one) and key.
SEARCH_SERVICES = {
    service: (address, key)
    for service, address, key in (
        ("searxng", env.url("SEARXNG_URL"), ""),
        ("brave", "", env.text("BRAVE_API_KEY")),
        ("exa", "", env.text("EXA_API_KEY")),
        ("tavily", "", env.text("TAVILY_API_KEY")),
    )
    if address or key
}
#: Places inside the network, (host, port), that keys of people and teams may name as well.
EGRESS_ALLOW = env.places("EGRESS_ALLOW")
MODEL_CONTEXT_WINDOW = env.integer("MODEL_CONTEXT_WINDOW", 32_768, minimum=512)  # tokens, where the server tells none
MODEL_FIRST_TOKEN = env.integer("MODEL_FIRST_TOKEN", 120, minimum=1)  # seconds until a model must begin to answer
MODEL_IDLE = env.integer("MODEL_IDLE", 60, minimum=1)  # seconds for which it may then be silent
TOOL_STEPS = env.integer("TOOL_STEPS", 10, minimum=1)  # times that a model may call tools until a person is asked
MCP_STDIO_SERVERS = env.text("MCP_STDIO_SERVERS")  # path of the operator's JSON; "" = no program is ever started
MCP_CALL_SECONDS = env.integer("MCP_CALL_SECONDS", 120, minimum=1)  # for one call of an MCP server's tool
PROGRAM_ENVIRONMENT = env.only(["PATH", "HOME", "LANG"])  # of ours, all that such a program finds
IS_WORKER_EMBEDDED = env.flag("SAMBUNG_EMBEDDED_WORKER", True)

# ---- How often: the other limits stand in teams/limits.py ---------------------------------------------
SEND_RATE = env.text("SEND_RATE", "120/minute")  # messages of one person
try:
    limits.parse(SEND_RATE)
except ValueError:
    raise env.EnvError("SEND_RATE must read like 120/minute.") from None

# ---- What admins may read ------------------------------------------------------------------------------
ADMIN_READS_MESSAGES = env.flag("ADMIN_READS_MESSAGES")

# ---- Logs: one JSON object a line, without message text or secrets -------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "sambung.logs.JsonLines",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
        "plain": {"()": "sambung.logs.PlainLines", "format": "%(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": HOME.logs / "sambung.log",
            "maxBytes": 10_000_000,
            "backupCount": 3,
            "formatter": "json",
            "delay": True,
        },
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "level": "WARNING"},
    },
    "root": {"handlers": ["file", "console"], "level": env.choice("LOG_LEVEL", "INFO", logging.getLevelNamesMapping())},
    "loggers": {"django.server": {"propagate": True}, "procrastinate": {"level": "WARNING"}},
}
