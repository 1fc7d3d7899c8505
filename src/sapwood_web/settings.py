"""The site's settings: one file, and the environment says what differs from place to place.

    SAPWOOD_KEYS      the file of the site's own keys (`python -m sapwood_web make_keys FILE`)
    SAPWOOD_STATE     a folder for what lives apart from the database: people's data keys, audit heads
    DATABASE_URL      sqlite:///site.sqlite3 or postgresql://user:password@host/name
    SAPWOOD_HOSTS     the site's names, with commas between
    SAPWOOD_HTTP      1 where there is no TLS: on this machine only
    SAPWOOD_MAIL      smtp://user:password@host:587, or console
    SAPWOOD_PACKS     a folder with editions of the pack for stewards to load; the site only reads it
    SAPWOOD_PROXIES   how many proxies stand before the site and write X-Forwarded-For

docs/running-the-site.md tells the rest.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

import sapwood
from sapwood_web.vault.key_store import KeyStore
from sapwood_web.vault.keys import read_keys

HERE = Path(__file__).resolve().parent
STATE = Path(os.environ.get("SAPWOOD_STATE", "site")).absolute()
HTTP_ONLY = os.environ.get("SAPWOOD_HTTP") == "1"


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured("DATABASE_URL starts with sqlite:/// or postgresql://.")


def _mail(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme != "smtp":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 587,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": True,
        "EMAIL_TIMEOUT": 20,
    }


# ---- keys ----

_keys_file = Path(os.environ.get("SAPWOOD_KEYS", STATE / "keys.json"))
if not _keys_file.is_file():
    raise ImproperlyConfigured(
        "The site has no keys. Make them once, and keep them apart from the database: "
        "`python -m sapwood_web.vault.make_keys FILE`, then SAPWOOD_KEYS=FILE."
    )
KEYS = read_keys(_keys_file)
SECRET_KEY = KEYS.django
KEY_STORE = KeyStore(STATE / "people", KEYS.wrapping)
AUDIT_HEADS = STATE / "audit"
AUDIT_SHARDS = 16

# ---- the pack ----

PACK = "bpdcn"
PACK_SHELF = Path(os.environ.get("SAPWOOD_PACKS", STATE / "packs")).absolute()
CHECK_SECONDS = 45 * 60
"""How long the check of an edition, or a count of plans, may take."""

# ---- the site ----

DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("SAPWOOD_HOSTS", "").split(",") if host]
if HTTP_ONLY:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost"]
ROOT_URLCONF = "sapwood_web.urls"
WSGI_APPLICATION = "sapwood_web.wsgi.application"
INSTALLED_APPS = [
    "sapwood_web.accounts",
    "sapwood_web.audit",
    "sapwood_web.editions",
    "sapwood_web.library",
    "sapwood_web.records",
    "sapwood_web.plans",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # its templates of single inputs
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # adds random bytes, and tokens differ each time: lengths tell nothing
    "csp.middleware.CSPMiddleware",
    "sapwood_web.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sapwood_web.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sapwood_web.middleware.Readiness",
    "sapwood_web.middleware.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"look": "sapwood_web.look"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]
FORM_RENDERER = "sapwood_web.look.FormRenderer"
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"sqlite:///{STATE / 'site.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {  # counts of attempts, shared by every process; their names are hashed with a key
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "attempts",
        "KEY_FUNCTION": "sapwood_web.vault.addresses.hidden_name",
    }
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = STATE / "static"
STATICFILES_DIRS = [HERE / "static", Path(sapwood.__file__).parent / "formats" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # no file is ever kept outside the database
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False

# ---- who comes in ----

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "sapwood_web.accounts.passwords.NotOfThisSite"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "sapwood_web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "sapwood_web.accounts.forms.JoinForm"
ACCOUNT_SIGNUP_REDIRECT_URL = "safer"
ACCOUNT_FORMS = {
    purpose: f"sapwood_web.accounts.entering.{form}"
    for purpose, form in (
        ("signup", "Join"),
        ("login", "SignIn"),
        ("reauthenticate", "ProveItsYou"),
        ("confirm_email_verification_code", "ConfirmAddress"),
        ("change_email", "ChangeAddressAtJoining"),
        ("add_email", "ChangeAddress"),
        ("reset_password", "ForgotPassword"),
        ("confirm_password_reset_code", "ForgotPasswordCode"),
        ("confirm_login_code", "SignInCode"),
        ("reset_password_from_key", "NewPassword"),
        ("set_password", "FirstPassword"),
        ("change_password", "ChangePassword"),
    )
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "sapwood_web.accounts.models.display"
ACCOUNT_EMAIL_MAX_LENGTH = 400  # of the column, where an address stands sealed
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # nothing to guess or to leak in an address
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,8/5m/key"}  # what `key` is: accounts/adapter.py
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("SAPWOOD_PROXIES", "0"))
PACES = {"upload": (1000, 24 * 60 * 60), "invite": (20, 24 * 60 * 60), "export": (20, 60 * 60)}
"""How often one person may do what costs most, and in how many seconds."""
VISITORS_PACES = {"ask": (5, 60 * 60, 200)}
"""How often one visitor may do so, in how many seconds, and how often all visitors together."""
MFA_ADAPTER = "sapwood_web.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    purpose: f"sapwood_web.accounts.entering.{form}"
    for purpose, form in (
        ("activate_totp", "StartApp"),
        ("authenticate", "SecondStep"),
        ("reauthenticate", "SecondStepAgain"),
        ("add_webauthn", "AddKey"),
        ("edit_webauthn", "RenameKey"),
    )
}
MFA_TOTP_ISSUER = "Sapwood"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = HTTP_ONLY

# ---- sessions and headers ----

CSRF_FAILURE_VIEW = "sapwood_web.errors.forbidden"
SESSION_ENGINE = "sapwood_web.accounts.sessions"  # the token stands hashed in the table
SESSION_SERIALIZER = "sapwood_web.vault.sessions.SealedSerializer"
SESSION_IDLE = 30 * 60
SESSION_LONGEST = 12 * 60 * 60
SESSION_COOKIE_AGE = 24 * 60 * 60  # longer than both, so that the site can say why, and keep what was typed
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not HTTP_ONLY
SESSION_COOKIE_NAME = "session" if HTTP_ONLY else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if HTTP_ONLY else "__Host-csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = not HTTP_ONLY
SECURE_HSTS_SECONDS = 0 if HTTP_ONLY else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not HTTP_ONLY
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],  # the square code of an authenticator is such an image
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
UPLOAD_LIMIT = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["sapwood_web.records.uploading.InMemoryOnly"]  # no file touches the disk unsealed

# ---- mail and logs ----

globals().update(_mail(os.environ.get("SAPWOOD_MAIL", "console")))
DEFAULT_FROM_EMAIL = os.environ.get("SAPWOOD_FROM", "Sapwood <no-reply@localhost>")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "sapwood_web.logs.PlainFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "sapwood": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
