"""Settings of the portal, read from the environment; see docs/operations.md for the list."""

import re
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from partybuild.environment import (
    EnvironmentProblem,
    env_bool,
    env_int,
    env_secret,
    kept_secret,
    new_field_keys,
    new_secret_key,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_secret("DATA_DIR", default=str(BASE_DIR / "data"))).absolute()
TESTING = "pytest" in sys.modules

PRODUCTION = env_bool("PRODUCTION", default=False)
DEBUG = env_bool("DEBUG", default=False)
HTTPS = env_bool("HTTPS", default=PRODUCTION)
SECRET_KEY = env_secret("SECRET_KEY")
ALLOWED_HOSTS = [host for host in env_secret("ALLOWED_HOSTS").split(",") if host]
CSRF_TRUSTED_ORIGINS = [o for o in env_secret("CSRF_TRUSTED_ORIGINS").split(",") if o]
# Keys of the encrypted columns, newest first, `version:base64`; never in the database.
FIELD_KEYS = env_secret("FIELD_KEYS")
KEPT_FIELD_KEYS = DATA_DIR / "keys/field_keys"

if PRODUCTION and not (SECRET_KEY and ALLOWED_HOSTS and FIELD_KEYS):
    raise EnvironmentProblem("Production needs SECRET_KEY, FIELD_KEYS and ALLOWED_HOSTS.")
if PRODUCTION and DEBUG:
    raise EnvironmentProblem("DEBUG cannot be switched on in production.")
if not (PRODUCTION or TESTING):
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
if DATA_DIR.is_dir() and not TESTING:
    # Each data folder has keys of its own, made on first use by whichever command comes first.
    if (DATA_DIR / "db.sqlite3").exists() and not (FIELD_KEYS or KEPT_FIELD_KEYS.exists()):
        raise EnvironmentProblem(
            f"数据目录里有数据库，却没有它的密钥文件 {KEPT_FIELD_KEYS}。没有密钥，"
            "加密的内容读不出来，所以什么都没有做。请从备份中找回这个文件，或换一个数据目录。"
        )
    SECRET_KEY = SECRET_KEY or kept_secret(DATA_DIR / "keys/secret_key", new_secret_key)
    FIELD_KEYS = FIELD_KEYS or kept_secret(KEPT_FIELD_KEYS, new_field_keys)
SECRET_KEY = SECRET_KEY or "only-for-development-and-tests-never-for-real-data-0123456789"
FIELD_KEYS = FIELD_KEYS or "1:b25seS1mb3ItZGV2ZWxvcG1lbnQtYW5kLXRlc3RzISE="
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "partybuild.apps.PartyBuildConfig",
    "branches.apps.BranchesConfig",
    "members.apps.MembersConfig",
    "activities.apps.ActivitiesConfig",
    "assessments.apps.AssessmentsConfig",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partybuild.middleware.IdleSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "partybuild.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "partybuild.urls"
WSGI_APPLICATION = "partybuild.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partybuild.context.portal",
            ],
            "builtins": ["partybuild.templatetags.portal"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASE_URL = env_secret("DATABASE_URL")
if DATABASE_URL:
    DATABASES: dict[str, Any] = {
        "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
    }
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c statement_timeout=60000 -c lock_timeout=10000"
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                    "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
                ),
            },
        }
    }

AUTH_USER_MODEL = "branches.User"
# The tree that scopes and ledgers speak of: public_id, path, name, label, superior, kind.
PLACE_MODEL = "branches.PartyOrganization"
# How the columns of ledgers reach the name of the person that a record is about.
PERSON_NAME = "member__name"
PLACES = "branches.queries.placements"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "branches.passwords.CharacterClassesValidator"},
]
LOGIN_URL = "branches:sign_in"
LOGIN_REDIRECT_URL = "activities:home"
LOGOUT_REDIRECT_URL = "branches:sign_in"

# Locked by account, never by address: a whole agency sits behind one.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "branches.views.accounts.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
# W006 asks to lock by address too, which would lock out a whole agency for one guesser.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# Messages may name people: they stay on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = env_int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# A hung-up browser must not fill the disk; a photo is shrunk in the browser first.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
PHOTO_MAX_BYTES = 10 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "Y年n月j日"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected files are served in production only; elsewhere they come straight from their folders.
STATIC_ROOT = env_secret("STATIC_ROOT", default=str(DATA_DIR / "static")) if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

REDIS_URL = env_secret("REDIS_URL")
BROKER_SOCKET = env_secret("BROKER_SOCKET", default=str(DATA_DIR / "broker.sock"))
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 10,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Ringing happens while a page waits: without a broker give up at once, the sweeper rings again.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 3000
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "partybuild.sweep_jobs", "schedule": 5.0, "options": {"expires": 5}},
    "anchor-audit": {"task": "partybuild.anchor_audit", "schedule": crontab(minute="17")},
    "tidy": {"task": "partybuild.tidy", "schedule": crontab(hour="3", minute="40")},
    "tidy-photos": {"task": "activities.tidy_photos", "schedule": crontab(hour="3", minute="50")},
    "tidy-documents": {
        "task": "activities.tidy_documents",
        "schedule": crontab(hour="3", minute="55"),
    },
    "nightly-scorecards": {
        "task": "assessments.queue_running_scorecards",
        "schedule": crontab(hour="1", minute="30"),
    },
    "monthly-ledgers": {
        "task": "partybuild.queue_monthly_ledgers",
        "schedule": crontab(hour="2", minute="0", day_of_month="1-5"),
    },
}
# A job whose worker stays silent for this long is taken over by another.
JOB_LEASE_SECONDS = 15
JOB_HEARTBEAT_SECONDS = 5

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}, "django.security": {"level": "WARNING"}},
}

_changelog = BASE_DIR / "CHANGELOG.md"
_heading = re.search(
    r"^## v?(\S+)", _changelog.read_text("utf-8") if _changelog.exists() else "", re.MULTILINE
)
PORTAL_VERSION = _heading.group(1) if _heading else "开发版"
PORTAL_NAME = "党建工作管理门户"

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
