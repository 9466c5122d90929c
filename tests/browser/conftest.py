"""A real browser on a real server; skipped with a sentence where there is no Chromium."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.people import World
from tests.support.smtp import MailServer, mail_server
from tests.support.worker import listens, wait_until, worker

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the test


@pytest.fixture(autouse=True)
def clock() -> None:
    """The browser has its own clock, so ours moves too."""


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if not executable:
        pytest.skip("Chromium n’est pas installé : les essais dans un navigateur sont laissés de côté.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


@pytest.fixture
def mailbox(transactional_db: None) -> Iterator[MailServer]:
    """A mail server, and a worker that hands it what is queued (`tests.browser.mailbox` reads it)."""
    with mail_server() as server, worker(server):
        wait_until(listens)
        yield server


def remember_proofs(client: Client, user: Any) -> None:
    """Have the session remember what a login asks, so that no page asks for it again."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": method, "at": time.time()} for method in ("password", "code", "mfa")
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


@pytest.fixture
def browse(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Open a page of the portal as someone, on some screen: `browse("/", user, width=360, javascript=False)`.

    `proved`: as one who has just logged in, for the pages that ask for it.

    A script that fails, a file that does not come or a policy that is broken fails the test.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def browse(
        path: str,
        user: Any = None,
        *,
        proved: bool = False,
        width: int = 1366,
        scheme: str = "light",
        javascript: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 768},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="fr-FR",
            timezone_id="Europe/Paris",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        if user:
            client = Client()
            client.force_login(user)
            if proved:
                remember_proofs(client, user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.goto(path)
        return page

    yield browse
    for context in contexts:
        context.close()
    expected = (
        "422 (Unprocessable",
        "403 (Forbidden)",
        "404 (Not Found)",
        "409 (Conflict)",
        "410 (Gone)",
        "429 (Too Many",
        "Status Error Code 403",
    )
    assert [problem for problem in problems if not any(status in problem for status in expected)] == []


# A colour on its way from one scheme to the other is nobody's to judge.
SETTLED = """Promise.allSettled(
    document.getAnimations().filter(each => each instanceof CSSTransition).map(each => each.finished)
)"""


@pytest.fixture(scope="session")
def axe() -> Any:
    """Ask axe for its violations on the page as it stands, in both colour schemes."""
    scanner = Axe()
    # Not the sheets: axe would write them into the page, which the policy refuses, for a rule that is off.
    options = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}

    def check(page: Page) -> None:
        page.wait_for_load_state()  # a click waits for the next page to begin, not for it to be there
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            results = scanner.run(page, options=options)
            assert results.violations_count == 0, f"{page.url} ({scheme})\n{results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url

    return check
