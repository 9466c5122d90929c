"""What production refuses, and what it imposes. Each case is a process of its own: settings are read once."""

import importlib
import json
import os
import subprocess
import sys

import pytest

DECENT = {
    "DJANGO_SETTINGS_MODULE": "chorus_org.settings.prod",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "chorus.example.org",
    "DATABASE_URL": "postgresql://app@/app",
    "SITE_URL": "https://chorus.example.org",
    "EMAIL_HOST": "smtp.example.org",
    "DEFAULT_FROM_EMAIL": "Chorus <ne-pas-repondre@example.org>",
}
READ = "import json; from chorus_org.settings import prod; print(json.dumps({n: getattr(prod, n, None) for n in %r}))"


def run(*command, **environment):
    environment = {name: value for name, value in (DECENT | environment).items() if value is not None}
    return subprocess.run(
        [sys.executable, *command], env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True
    )


def refusals(**environment) -> list[str]:
    """Give the sentences with which production refuses that environment."""
    result = run("-c", "import django; django.setup()", **environment)
    if not result.returncode:
        return []
    return result.stderr.partition("Le site ne peut pas démarrer :\n")[2].splitlines()


def read(*names, **environment):
    return json.loads(run("-c", READ % (names,), **environment).stdout)


@pytest.fixture
def prod(monkeypatch):
    for name, value in DECENT.items():
        monkeypatch.setenv(name, value)
    return importlib.import_module("chorus_org.settings.prod")


def test_everything_that_is_missing_is_said_at_once():
    needed = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "SITE_URL", "DEFAULT_FROM_EMAIL", "EMAIL_HOST")
    lines = refusals(**dict.fromkeys(needed))
    assert [line.split()[0] for line in lines] == list(needed)


WRONG = [
    {
        "SECRET_KEY": "",
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": "sqlite:///db.sqlite3",
        "ALLAUTH_TRUSTED_PROXY_COUNT": "un",
        "SITE_URL": "chorus.example.org",
        "DEFAULT_FROM_EMAIL": "Chorus",
        "EMAIL_PORT": "smtp",
    },
    {"SECRET_KEY": "trop-court", "SITE_URL": "http://chorus.example.org"},
    {"SECRET_KEY": "a" * 60, "SITE_URL": "https://chorus.example.org/portail"},
    {"SITE_URL": "https://[chorus"},
]


@pytest.mark.parametrize("wrong", [*WRONG, {name: None for name in DECENT if name != "DJANGO_SETTINGS_MODULE"}])
def test_one_sentence_names_each_value_that_is_missing_or_wrong(wrong):
    lines = refusals(**wrong)

    assert {line.split()[0] for line in lines} == wrong.keys()
    assert len(lines) == len(wrong)
    for line in lines:
        assert " doit contenir" in line if line.startswith("SECRET_KEY") else " doit donner" in line


def test_a_refusal_never_shows_a_secret():
    result = run(
        "-c", "import django; django.setup()", SECRET_KEY="hush-hush", DATABASE_URL="postgresql://u:hush@far/x"
    )
    assert result.returncode == 1
    assert "hush" not in result.stderr


def test_a_decent_environment_starts():
    assert refusals() == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app@/app",
        "postgresql://app@/app?host=%2Fvar%2Frun%2Fpostgresql",
        "postgresql://app:x@localhost/app",
        "postgresql://app:x@127.0.0.1:5433/app",
        "postgresql://app:x@[::1]/app",
        "postgresql://app:x@db.example.org/app?sslmode=verify-full&sslrootcert=system",
    ],
)
def test_a_database_on_this_machine_or_behind_a_checked_certificate_is_accepted(prod, url):
    assert prod.database_problem(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:x@db.example.org/app",
        "postgresql://app:x@10.0.0.1/app?sslmode=require",
        "postgresql://app:x@db.example.org/app?sslmode=verify-ca",
        "postgresql://app:x@/app?host=localhost,db.example.org",
        "postgresql://app:x@localhost/app?hostaddr=10.0.0.1",
        "postgresql://app:x@localhost.example.org/app",
    ],
)
def test_a_far_database_without_a_checked_certificate_is_refused(prod, url):
    assert prod.database_problem(url).startswith("DATABASE_URL désigne une autre machine")


@pytest.mark.parametrize(
    "url", ["", "x", "mysql://app@/app", "postgresql://app@localhost:port/app", "postgresql://app@/"]
)
def test_what_is_no_postgresql_address_is_refused(prod, url):
    assert prod.database_problem(url).startswith("DATABASE_URL doit donner")


def test_cookies_are_bound_to_the_host_and_to_https():
    assert read(
        "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN",
    ) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "DEVICE_COOKIE_NAME": "__Host-device",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_DOMAIN": None,
    }  # fmt: skip


ASKED = """
import django
django.setup()
from django.http import HttpResponse
from django.test import Client
from chorus_org.portal.audiences import Audience
%s
"""


def test_the_cookie_of_the_audience_is_bound_to_https_too():
    result = run("-c", ASKED % "answer = HttpResponse(); Audience.ENTREPRISE.remember(answer); print(answer.cookies)")
    assert "public=entreprise" in result.stdout
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(result.stdout.strip().split("; "))


def test_a_redirect_to_https_carries_the_content_policy():
    code = "answer = Client(SERVER_NAME='chorus.example.org').get('/'); print(answer.status_code, answer.headers)"
    result = run("-c", ASKED % code)
    assert result.stdout.startswith("301 "), result.stderr
    assert "https://chorus.example.org/" in result.stdout
    assert "default-src 'self'" in result.stdout


HTTPS = {
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "DEVICE_COOKIE_NAME": "__Host-device",
}


@pytest.mark.parametrize("hosts", ["localhost", "127.0.0.1", "[::1]", "localhost,127.0.0.1,[::1]"])
def test_plain_http_may_be_asked_for_on_this_machine(hosts):
    assert read(*HTTPS, ALLOWED_HOSTS=hosts, INSECURE_LOCAL_HTTP="1") == {
        "SECURE_SSL_REDIRECT": False,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SESSION_COOKIE_NAME": "sessionid",
        "CSRF_COOKIE_NAME": "csrftoken",
        "DEVICE_COOKIE_NAME": "device",
    }


@pytest.mark.parametrize("hosts", ["chorus.example.org", "localhost,chorus.example.org", ".localhost", "192.168.1.2"])
def test_plain_http_is_refused_as_soon_as_one_host_is_not_this_machine(hosts):
    (line,) = refusals(ALLOWED_HOSTS=hosts, INSECURE_LOCAL_HTTP="1")
    assert line.startswith("INSECURE_LOCAL_HTTP ne vaut que sur sa propre machine")


@pytest.mark.parametrize("value", [None, "", "0", "false", "no", "true"])
def test_plain_http_is_not_had_by_accident(value):
    assert read(*HTTPS, ALLOWED_HOSTS="localhost", INSECURE_LOCAL_HTTP=value) == HTTPS


def test_https_is_imposed_for_a_year_and_the_content_policy_has_no_hole():
    found = read(
        "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "CONTENT_SECURITY_POLICY"
    )
    assert found["SECURE_SSL_REDIRECT"] and found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["default-src"] == ["'self'"]
    assert "unsafe" not in json.dumps(found["CONTENT_SECURITY_POLICY"])


def test_the_header_of_a_proxy_is_trusted_only_behind_one():
    assert read("SECURE_PROXY_SSL_HEADER")["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert read("SECURE_PROXY_SSL_HEADER", ALLAUTH_TRUSTED_PROXY_COUNT="0")["SECURE_PROXY_SSL_HEADER"] is None


SECURITY = ("EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL")


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, [587, True, False]),
        ({"EMAIL_SECURITY": "starttls", "EMAIL_PORT": "2525"}, [2525, True, False]),
        ({"EMAIL_SECURITY": "tls"}, [465, False, True]),
        ({"EMAIL_SECURITY": "none", "EMAIL_HOST": "localhost"}, [25, False, False]),
        (
            {"EMAIL_SECURITY": "none", "ALLOWED_HOSTS": "localhost", "INSECURE_LOCAL_HTTP": "1"},
            [25, False, False],
        ),
    ],
)
def test_mail_is_handed_over_under_tls_but_on_this_machine(environment, found):
    assert list(read(*SECURITY, **environment).values()) == found


@pytest.mark.parametrize("value", ["none", "ssl", "STARTTLS"])
def test_mail_is_not_handed_over_in_clear_elsewhere(value):
    (line,) = refusals(EMAIL_SECURITY=value)
    assert line.startswith("EMAIL_SECURITY ")


def test_a_server_that_hangs_is_left_and_no_text_outlives_its_mail():
    assert read("EMAIL_BACKEND", "EMAIL_TIMEOUT", "MAIL_KEEPS_BODIES") == {
        "EMAIL_BACKEND": None,
        "EMAIL_TIMEOUT": 20,
        "MAIL_KEEPS_BODIES": False,
    }


def test_nothing_of_the_demo_is_installed():
    found = read("DEMO", "DEBUG", "INSTALLED_APPS")
    assert (found["DEMO"], found["DEBUG"]) == (False, False)
    assert "chorus_org.demo" not in found["INSTALLED_APPS"]


def test_django_s_own_deployment_checks_are_clean():
    result = run("manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("environment", "required"), [({}, True), ({"SECOND_FACTOR_REQUIRED": "0"}, False)])
def test_a_second_factor_is_asked_unless_the_installation_says_no(environment, required):
    assert read("SECOND_FACTOR_REQUIRED", **environment) == {"SECOND_FACTOR_REQUIRED": required}


def test_a_second_factor_is_asked_or_not_and_nothing_between():
    (line,) = refusals(SECOND_FACTOR_REQUIRED="oui")
    assert line.startswith("SECOND_FACTOR_REQUIRED ")


PROCONNECT = {
    "PROCONNECT_ISSUER": "https://proconnect.example.org/api/v2/",
    "PROCONNECT_CLIENT_ID": "chorus",
    "PROCONNECT_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize("name", PROCONNECT)
def test_what_proconnect_needs_goes_together(name):
    (line,) = refusals(**PROCONNECT | {name: ""})
    assert line.startswith("PROCONNECT_ISSUER ")


def test_proconnect_is_spoken_to_in_https_only():
    (line,) = refusals(**PROCONNECT | {"PROCONNECT_ISSUER": "http://proconnect.example.org"})
    assert "https" in line
