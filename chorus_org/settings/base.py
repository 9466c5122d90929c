"""What every installation shares. What differs stands in demo, test and prod, and nowhere else."""

from pathlib import Path

from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parents[2]

DEBUG = False
DEMO = False
ROOT_URLCONF = "chorus_org.urls"
WSGI_APPLICATION = "chorus_org.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "habilitations",
    "services",
    "structures",
    "users",
    "chorus_org.kernel.journal",
    "chorus_org.kernel.mail",
    "chorus_org.kernel.common",
    "chorus_org.information",
    "chorus_org.leaving",
    "chorus_org.operators",
    "chorus_org.operators.apps.SiteConfig",  # django.contrib.admin
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "procrastinate.contrib.django",
    "django_htmx",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # before what answers by itself: a redirect to HTTPS carries the policy too
    "django.middleware.security.SecurityMiddleware",
    "chorus_org.kernel.common.middleware.WholeRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "chorus_org.kernel.common.middleware.NoStoreMiddleware",
    "chorus_org.portal.middleware.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.login.middleware.SessionLimitsMiddleware",
    "chorus_org.kernel.common.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"chorus_org.kernel.common.templatetags.{name}" for name in ("ui", "written")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chorus_org.portal.context_processors.shell",
                "habilitations.context_processors.account",
            ],
        },
    },
    {
        "NAME": "text",  # mails in plain text, where nothing is escaped
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False},
    },
]
FORM_RENDERER = "chorus_org.kernel.common.rendering.Renderer"

# Accounts

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "habilitations.backends.HabilitationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "users.login.passwords.StrengthValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# The pages that ask for no session: what the portal is, the way in, and health. Every other page asks for one.
PUBLIC_PAGES = {
    "home",
    "domain",
    "organisation",
    "news:articles",
    "news:article",
    "news:feed",
    "support:support",
    "support:contact",
    "support:sent",
    "guide:contents",
    "guide:task",
    "communication",
    "site_map",
    "legal",
    "accessibility",
    "engagements",
    "robots",
    "sitemap_index",
    "sitemap",
    "privacy",
    "terms",
    "account_login",
    "account_logout",
    "account_signup",
    "activation",
    "activation_link",
    "activation_password",
    "account_reset_password",
    "password_sent",
    "password_link",
    "password_new",
    "proconnect",
    "proconnect_return",
    "proconnect_first",
    "account_return",
    "return_sent",
    "return_link",
    "return_confirm",
    "account_confirm_login_code",
    "mfa_authenticate",
    "contact_link",
    "contact_confirm",
    "address_link",
    "address_confirm",
    "address_cancel_link",
    "address_cancel",
    "directory:search",
    "directory:check",
    "directory:structure",
    "directory:download",
    "directory:export",
    "directory:export_xlsx",
    "directory:lines_csv",
    "directory:lines_json",
    "invitations:link",
    "invitations:opened",
    "session_left",
    "health_live",
    "health_ready",
    "demo:components",
    "demo:question",
    "demo:mails",
}

ACCOUNT_ADAPTER = "users.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_RATE_LIMITS = False  # users.operations.login counts in the database and says until when
ALLAUTH_TRUSTED_PROXY_COUNT = 0

# The second factor: a code by mail for everyone, an application for who wants one, and for every operator

SECOND_FACTOR_REQUIRED = True
ACCOUNT_LOGIN_TIMEOUT = 30 * 60  # from the password to the code
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
MFA_ADAPTER = "users.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # the recovery codes are ours: allauth keeps what they are made of
MFA_TOTP_ISSUER = "Chorus Organisation"

# ProConnect, a second door, closed where nothing is given (`users.login.proconnect`)

PROCONNECT_ISSUER = ""
PROCONNECT_CLIENT_ID = ""
PROCONNECT_CLIENT_SECRET = ""

ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # HabilitationBackend extends the backend that this check looks for

# Mail (`chorus_org.kernel.mail`): where links lead, and whether the text of a mail outlives its sending

SITE_URL = "http://127.0.0.1:8000"
DEFAULT_FROM_EMAIL = "Chorus Organisation <ne-pas-repondre@example.org>"
EMAIL_TIMEOUT = 20
MAIL_KEEPS_BODIES = False

# Language and time: French on screen, Paris time, UTC in the database

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "chorus_org.kernel.common.formats"

# Files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / ".static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Security

SESSION_ENGINE = "users.login.session_store"
SESSION_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = "device"  # which accounts a browser has opened (`users.login.devices`)
SESSION_COOKIE_AGE = 30 * 60  # idle
SESSION_ABSOLUTE_AGE = 12 * 60 * 60
SESSION_WRITTEN_EVERY = 5 * 60  # a session in use is not written more often: it lasts 25 to 30 idle minutes
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "chorus_org.portal.views.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Where the name and the address of a SIRET are looked up, in this order (structures.registry)
REGISTRIES = ["structures.registry.LocalRegistry"]
