"""`make screenshots`: the pictures of the documentation and of README, taken from the demo, never by hand.

Each task of the guide has one, of its first screen, as the person who does it sees it.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable

from playwright.sync_api import Page, sync_playwright

from tests.support.tree import ROOT

PASSWORD = "Demo-Chorus-2026"
GP = "gp.banque"
# Whoever opens the screen, where it is not the GP; "" is a visitor
OPENED_BY = {
    "creer-un-compte": "",
    "chercher-dans-l-annuaire": "",
    "demander-un-rattachement": "demandeur",
    "creer-une-structure": "demandeur",
}
STRUCTURES, BANQUE = "/organisation/structures/", "BANQUE DE FRANCE"


def _choose_somebody(page: Page) -> None:
    page.get_by_label("Marie Aubert").or_(page.locator("#trouves-user input[type=radio]")).first.check()
    page.get_by_role("heading", name="Ajouter des habilitations").wait_for()


def _open_structure(page: Page) -> None:
    page.get_by_role("link", name=BANQUE).click()


def _open_service(page: Page) -> None:
    _open_structure(page)
    page.get_by_role("link", name="Comptabilité").click()


# What one does before the picture
ACTS: dict[str, Callable[[Page], None]] = {"gerer-les-habilitations": _choose_somebody}
README = {
    "structure": (STRUCTURES, _open_structure),
    "service": (STRUCTURES, _open_service),
    "approbations": ("/approbations/", None),
    "habilitations": ("/organisation/utilisateurs/habilitations/", _choose_somebody),
    "creer-service": ("/organisation/structures/services/creer/", None),
}


def main() -> None:
    """Serve a demo of its own, open each screen, and write its picture."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        environment = {**kept, "PORT": str(port), "CHORUS_ORG_DATA": data}
        command = [sys.executable, "manage.py", "demo"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
            try:
                next(line for line in demo.stdout or () if "http" in line)
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
                base = f"http://127.0.0.1:{port}"

                def opened(person: str) -> Page:
                    context = browser.new_context(
                        base_url=base, viewport={"width": 1200, "height": 800}, reduced_motion="reduce", locale="fr-FR"
                    )
                    page = context.new_page()
                    if person:
                        page.goto("/comptes/login/")
                        page.get_by_label("Identifiant").fill(f"{person}@example.org")
                        page.get_by_label("Mot de passe").fill(PASSWORD)
                        page.get_by_role("button", name="SE CONNECTER").click()
                        page.wait_for_load_state()
                    return page

                people = {person: opened(person) for person in {GP, *OPENED_BY.values()}}
                for slug, path in _screens(people[""]).items():
                    page = people[OPENED_BY.get(slug, GP)]
                    page.goto(path)
                    if act := ACTS.get(slug):
                        act(page)
                    _without_frame(page)
                    page.screenshot(path=ROOT / "static" / "guide" / f"{slug}.jpg", type="jpeg", quality=70)
                for name, (path, act) in README.items():
                    page = people[GP]
                    page.goto(path)
                    if act:
                        act(page)
                    page.wait_for_load_state()
                    page.screenshot(path=ROOT / "docs" / f"{name}.png")
                browser.close()
            finally:
                demo.terminate()


def _screens(page: Page) -> dict[str, str]:
    """The first screen of each task, as its page leads to it."""
    page.goto("/documentation/")
    tasks = [link.get_attribute("href") or "" for link in page.locator("main .rows a").all()]
    screens = {}
    for task in tasks:
        page.goto(task)
        address = page.get_by_role("link", name="Ouvrir l’écran").get_attribute("href")
        screens[task.strip("/").rpartition("/")[2]] = address or ""
    return screens


def _without_frame(page: Page) -> None:
    """Leave the banner of the demo, the bar and the way out of the picture: the screen itself."""
    page.wait_for_load_state()
    page.evaluate("document.querySelector('h1').scrollIntoView()")
    page.evaluate("scrollBy(0, -24)")


if __name__ == "__main__":
    main()
