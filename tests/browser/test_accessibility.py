"""Journeys of those who see, move or read otherwise: criteria of RGAA that are about a whole page, in time.

What each page must be at rest is asked in `test_pages.py`.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.rgaa import FILLED
from tests.support.people import make_member
from tests.support.table import address, looked_at

UNDER = "/organisation/utilisateurs/"
PAGES = ["/", "/annuaire/", "/approbations/", f"{UNDER}habilitations/", f"{UNDER}rattacher/", "/support/"]
# Where the focus is: what it is, whether it can be seen there, how thick the line around it is
FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const at = document.elementFromPoint(box.x + Math.min(box.width, innerWidth) / 2, box.y + box.height / 2);
  const shown = [e, e.parentElement, e.nextElementSibling].filter(Boolean).map(one => getComputedStyle(one));
  return {
    body: e === document.body,
    name: e.outerHTML.slice(0, 100),
    hidden: !box.width || !box.height || !at
      || !(e.contains(at) || at.contains(e) || at.closest("label")?.control === e),
    line: Math.max(...shown.map(one => one.outlineStyle === "none" ? 0 : parseFloat(one.outlineWidth)),
                   style.boxShadow === "none" ? 0 : 2),
  };
}"""


@pytest.mark.parametrize("path", PAGES)
def test_the_focus_is_always_seen_and_comes_round(browse, world, path):
    """10.7, 10.8, 12.8, 12.9: by Tab alone, from the first link to the last, and out."""
    make_member(world.structure)
    assert world.asked
    page = browse(path, world.person("gp"))

    walked = []
    for _ in range(250):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["body"]:
            break
        walked.append(focus)

    assert len(walked) > 10
    assert len(walked) < 250, "a trap"
    assert [each["name"] for each in walked if each["hidden"]] == []
    drawn = {each["name"] for each in walked if each["line"] >= 2}  # the picker of a date draws its own
    assert {each["name"] for each in walked} == drawn


@pytest.mark.parametrize("width", [1366, 360])
@pytest.mark.parametrize("actor", sorted({actor for actor, _ in looked_at().values()}))
def test_without_javascript_each_page_stands_and_offers_nothing_dead(browse, world, actor, width):
    """Nothing overflows, the title is there, and no button waits for a script."""
    person = None if actor == "anonymous" else world.person(actor)
    page = browse("/", person, proved=True, width=width, javascript=False)
    for name in {name for who, name in looked_at().values() if who == actor and name != "demo:components"}:
        page.goto(name if name.startswith("/") else address(name, world))
        assert page.get_by_role("heading", level=1).first.is_visible(), page.url
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
        dead = page.locator("main button[type=button]").all()
        assert [button.inner_text() for button in dead if button.is_visible()] == [], page.url


@pytest.mark.parametrize("path", PAGES)
def test_a_screen_that_lies_down_or_stands_up_cuts_nothing(browse, world, path):
    """13.9 and 10.11: portrait, landscape."""
    page = browse(path, world.person("gp"))

    for width, height in ((320, 640), (640, 320)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width


@pytest.mark.parametrize("path", PAGES)
def test_without_its_sheet_a_page_is_read_in_its_order(browse, world, path):
    """10.1 to 10.3: what is seen is in the text, and in the same order."""
    page = browse(path, world.person("gp"))
    titles = "[...document.querySelectorAll('h1, h2, h3, label, legend, th')].filter(e => e.checkVisibility())"
    places = f"{titles}.map(e => [Math.round(e.getBoundingClientRect().y / 30), e.textContent.trim()])"
    page.evaluate("document.querySelectorAll('link[rel=stylesheet]').forEach(e => e.remove())")

    without = page.evaluate(places)

    assert [y for y, _ in without] == sorted(y for y, _ in without)
    assert page.get_by_role("heading", level=1).is_visible()


def test_the_bar_is_the_same_on_every_page(browse, world):
    """12.1 to 12.5: always there, always in the same order."""
    page = browse(PAGES[0], world.person("gp"))
    bars = set()
    for path in PAGES:
        page.goto(path)
        bars.add(tuple(page.locator("header nav a").all_inner_texts()))

    assert len(bars) == 1


def test_what_a_browser_may_fill_in_is_named(browse, world):
    """11.13: the browser knows the fields that are about who types."""
    page, found = browse("/comptes/signup/"), {}
    for path, user in (("/comptes/signup/", None), ("/comptes/login/", None), ("/mon-compte/nom/", "gp")):
        page = browse(path, user and world.person(user), proved=True)
        for field in page.locator("main input[name]").all():
            found[field.get_attribute("name")] = field.get_attribute("autocomplete")

    assert {name: found[name] for name in FILLED if name in found} == {
        name: token for name, token in FILLED.items() if name in found
    }
    assert {"login", "password", "first_name", "last_name"} <= found.keys()


def test_an_act_is_done_when_the_button_is_let_go(browse, world):
    """13.11: pressed, moved away, let go: nothing."""
    page = browse(f"{UNDER}rattacher/", world.person("gp"))
    box = page.get_by_role("button", name="Soumettre").bounding_box()

    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()

    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_a_status_is_a_word_not_a_colour(browse, world, path):
    """3.1: in the two colours that a person chose, each label still says what it says."""
    assert world.asked
    page = browse(path, world.person("gp"))
    page.emulate_media(forced_colors="active")

    assert [tag for tag in page.locator("main .tag").all_inner_texts() if not tag.strip()] == []
