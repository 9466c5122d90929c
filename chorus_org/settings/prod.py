"""Production: every secret comes from the environment, and all that is missing or unsafe is said at once."""

import os
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from chorus_org.settings.base import *  # noqa: F403
from chorus_org.settings.base import MIDDLEWARE
from chorus_org.settings.database import databases
from chorus_org.settings.logs import console

env = Env()
THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]"}


def is_local(host: str) -> bool:
    """Say whether what is sent to `host` (a name, an address, a socket folder) stays on this machine."""
    try:
        return host in ("", "localhost") or host[0] in "/@" or ip_address(host).is_loopback
    except ValueError:
        return False


def database_problem(url: str) -> str:
    """Give the French sentence that says why `url` may not be used, or nothing."""
    try:
        database = databases(url)["default"]
    except ValueError:
        database = {"ENGINE": ""}
    if database["ENGINE"] != "django.db.backends.postgresql" or not database["NAME"]:
        return "DATABASE_URL doit donner l’adresse d’une base PostgreSQL : « postgresql://utilisateur@hôte/base »."
    options = database["OPTIONS"]
    hosts = f"{database['HOST'] or os.environ.get('PGHOST', '')},{options.get('hostaddr', '')}".split(",")
    if all(map(is_local, hosts)) or options.get("sslmode") == "verify-full":
        return ""
    return "DATABASE_URL désigne une autre machine : ajoutez-lui « sslmode=verify-full » (et « sslrootcert »)."


def is_origin(url: str, *, schemes: set[str]) -> bool:
    """Say whether `url` is a scheme and a host, and nothing more."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and url == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False


SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
local_http = env.str("INSECURE_LOCAL_HTTP", "") == "1"
proxies = env.str("ALLAUTH_TRUSTED_PROXY_COUNT", "1")
database_url = env.str("DATABASE_URL", "")
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
security = env.str("EMAIL_SECURITY", "") or "starttls"
email_port = env.str("EMAIL_PORT", "") or {"tls": "465", "starttls": "587"}.get(security, "25")
SITE_URL = env.str("SITE_URL", "").removesuffix("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "")
PROCONNECT_ISSUER = env.str("PROCONNECT_ISSUER", "").removesuffix("/")
PROCONNECT_CLIENT_ID = env.str("PROCONNECT_CLIENT_ID", "")
PROCONNECT_CLIENT_SECRET = env.str("PROCONNECT_CLIENT_SECRET", "")
proconnect = [PROCONNECT_ISSUER, PROCONNECT_CLIENT_ID, PROCONNECT_CLIENT_SECRET]
second_factor = env.str("SECOND_FACTOR_REQUIRED", "") or "1"

problems = [
    sentence
    for wrong, sentence in (
        (
            len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5,
            "SECRET_KEY doit contenir au moins 50 caractères tirés au hasard.",
        ),
        (
            not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS,
            "ALLOWED_HOSTS doit donner les noms du site, séparés par des virgules, sans « * ».",
        ),
        (
            local_http and not set(ALLOWED_HOSTS) <= THIS_MACHINE,
            "INSECURE_LOCAL_HTTP ne vaut que sur sa propre machine : ALLOWED_HOSTS ne peut alors donner que "
            "localhost, 127.0.0.1 et [::1].",
        ),
        (
            not (proxies.isascii() and proxies.isdigit()),
            "ALLAUTH_TRUSTED_PROXY_COUNT doit donner le nombre de mandataires devant le site : 0, 1…",
        ),
        (database_problem(database_url), database_problem(database_url)),
        (
            not is_origin(SITE_URL, schemes={"https", "http"} if local_http else {"https"}),
            "SITE_URL doit donner le site où mènent les liens des courriels : « https://chorus.example.org ».",
        ),
        (
            "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1],
            "DEFAULT_FROM_EMAIL doit donner l’expéditeur des courriels : « Chorus <ne-pas-repondre@example.org> ».",
        ),
        (not EMAIL_HOST, "EMAIL_HOST doit donner le serveur qui prend les courriels."),
        (
            not (email_port.isascii() and email_port.isdigit()),
            "EMAIL_PORT doit donner le port du serveur de courriel : 587, 465, 25…",
        ),
        (
            second_factor not in {"0", "1"},
            "SECOND_FACTOR_REQUIRED doit valoir « 1 » (un code à chaque connexion) ou « 0 ».",
        ),
        (
            any(proconnect) and not (all(proconnect) and PROCONNECT_ISSUER.startswith("https://")),
            "PROCONNECT_ISSUER (en https), PROCONNECT_CLIENT_ID et PROCONNECT_CLIENT_SECRET vont ensemble.",
        ),
        (
            security not in {"starttls", "tls", "none"},
            "EMAIL_SECURITY doit valoir « starttls », « tls » ou « none ».",
        ),
        (
            security == "none" and not (local_http or is_local(EMAIL_HOST)),
            "EMAIL_SECURITY ne peut valoir « none » que si EMAIL_HOST est sur cette machine.",
        ),
    )
    if wrong
]
if problems:
    raise ImproperlyConfigured("\n".join(["Le site ne peut pas démarrer :", *problems]))

DATABASES = databases(database_url)
EMAIL_PORT = int(email_port)
EMAIL_USE_TLS = security == "starttls"
EMAIL_USE_SSL = security == "tls"
ALLAUTH_TRUSTED_PROXY_COUNT = int(proxies)
SECOND_FACTOR_REQUIRED = second_factor == "1"

# HTTPS only. The probes of the machine itself may speak HTTP.

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MIDDLEWARE = [*MIDDLEWARE, "django.middleware.clickjacking.XFrameOptionsMiddleware"]  # for those who ignore the CSP
SESSION_COOKIE_NAME = "__Host-sessionid"
DEVICE_COOKIE_NAME = "__Host-device"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Lax"

if local_http:  # to try the site on one's own machine, where nobody gives a certificate
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, DEVICE_COOKIE_NAME = "sessionid", "csrftoken", "device"

LOGGING = console("INFO")
