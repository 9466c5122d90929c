"""What axe does not decide and a script can: criteria of RGAA 4.1.2, asked of every page as it stands.

`docs/accessibility.md` lists them, and those that were read by hand.
"""

from typing import Any

from django.apps import apps
from playwright.sync_api import Page

# Each line: the criterion, and what breaks it
CHECKS = """() => {
  const problems = [];
  const all = selector => [...document.querySelectorAll(selector)];
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert]");
  const words = e => (e.textContent || "").replace(/\\s+/g, " ").trim();
  const name = e => (e.getAttribute("aria-label") || words(e) || e.value || "").replace(/\\s+/g, " ").trim();
  const say = (criterion, found) => found.forEach(each => problems.push(`${criterion} ${each}`));
  const twice = list => [...new Set(list.filter((each, at) => list.indexOf(each) !== at))];
  const links = all("a[href]").filter(seen), buttons = all("button, input[type=submit]").filter(seen);

  say("1.1 without a name:", [...links, ...buttons].filter(e => !name(e)).map(e => e.outerHTML.slice(0, 120)));
  say("1.6 a drawing neither hidden nor named:", all("main svg").filter(e => seen(e)
    && e.getAttribute("aria-hidden") !== "true" && !e.closest("[aria-hidden=true], [role=img][aria-label]")
    && !e.getAttribute("aria-label") && !e.querySelector("title")).map(e => e.outerHTML.slice(0, 120)));
  say("2.1 a frame:", all("iframe, frame, object, embed").map(e => e.tagName));
  say("5.4 a table without a caption:", all("table").filter(t => !t.caption || !words(t.caption)).map(words));
  say("5.4 one caption for two tables:", twice(all("table").map(t => t.caption ? words(t.caption) : "")));
  say("5.7 a heading of table without its scope:", all("table th:not([scope])").map(words));
  say("5.7 a column without a heading:", all("table").filter(t => t.tHead && t.tBodies[0]?.rows[0]
    && t.tBodies[0].rows[0].cells.length !== t.tHead.rows[0].cells.length).map(t => words(t.caption)));
  const targets = new Map();
  for (const link of links) {
    const where = new URL(link.href).pathname + new URL(link.href).search;
    targets.set(name(link), (targets.get(name(link)) || new Set()).add(where));
  }
  say("6.1 one name, two places:", [...targets].filter(([, places]) => places.size > 1)
    .map(([label, places]) => `${label}: ${[...places].join(" ")}`));
  say("6.1 what is read does not begin with what is seen:", [...links, ...buttons].filter(e =>
    e.getAttribute("aria-label") && !name(e).includes(words(e))).map(name));
  say("7.1 a role that nothing here needs:", all("[role]").map(e => e.getAttribute("role")).filter(role =>
    !["row", "rowgroup", "cell", "columnheader", "rowheader", "table", "status", "alert", "search", "img", "list",
      "region", "group", "navigation", "main", "note", "presentation"].includes(role)));
  say("7.5 nowhere to announce:", document.querySelector("[role=status], [aria-live]") ? [] : [location.pathname]);
  say("8.2 one id twice:", twice(all("[id]").map(e => e.id)));
  const titles = all("h1, h2, h3, h4, h5, h6").filter(seen);
  say("8.6 the title says another page:", all("h1").filter(e => location.pathname !== "/" && !words(e).toLowerCase()
    .split(/[^\\p{L}]+/u).some(word => word.length > 2 && document.title.toLowerCase().includes(word)))
    .map(e => `${words(e)} / ${document.title}`));
  say("9.1 not one h1:", titles.filter(e => e.tagName === "H1").length === 1 ? [] : [titles.map(words).join(" | ")]);
  say("9.1 a level jumped:", titles.filter((e, at) => at && e.tagName[1] > Number(titles[at - 1].tagName[1]) + 1)
    .map(words));
  say("9.2 a landmark is missing:", ["header", "main", "footer", "nav"].filter(one => !document.querySelector(one)));
  say("9.2 a navigation without a name:", all("nav:not([aria-label]):not([aria-labelledby])").map(words));
  say("10.8 focus on nothing:", all("a[href], button, input, select, textarea, summary, [tabindex='0']").filter(e =>
    e.type !== "hidden" && !e.disabled && seen(e) && e.getClientRects().length && !e.offsetWidth)
    .map(e => e.outerHTML));
  say("10.9 a place or a colour for a name:", document.body.innerText.match(
    /(bouton|colonne|lien|menu) (rouge|vert|bleu|(de|à) (droite|gauche))|en (rouge|vert)\\b|ci-contre/gi) || []);
  say("10.13 a bubble that only a mouse opens:", all("main [title]").map(e => e.title));
  say("11.5 a group without a name:", all("input[type=radio]").filter(e =>
    !e.closest("fieldset")?.querySelector("legend")).map(e => e.name));
  say("11.9 a button that does not say its act:", buttons.map(name).filter(label =>
    /^(ok|valider|ici|oui|non|cliquez ici|envoyer|confirmer la saisie)$/i.test(label)));
  say("11.10 nothing says what is required:", all("main form").filter(seen).filter(form =>
    form.querySelector("label .star, legend .star")).length && !/obligatoires?/.test(document.body.innerText)
    ? [location.pathname] : []);
  say("11.10 an error that its field does not name:", all(".error[id]").filter(e =>
    !document.querySelector(`[aria-describedby~="${e.id}"]`)).map(words));
  say("12.8 an order of its own:", all("[tabindex]").filter(e => e.tabIndex > 0).map(e => e.outerHTML));
  say("12.10 a key that acts alone:", all("[accesskey]").map(e => e.outerHTML));
  say("13.2 a new window that is not said:", all("[target]").filter(e => !/nouvel onglet/.test(words(e)))
    .map(e => e.outerHTML));
  say("13.8 what keeps moving:", document.getAnimations().filter(each =>
    each.effect?.getComputedTiming().iterations === Infinity).map(each => each.animationName));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
  say("10.12 cut when the text is spaced:", all("main *").filter(e => seen(e) && !e.closest(".sr")
    && getComputedStyle(e).overflow === "hidden" && e.scrollHeight > e.clientHeight + 2).map(e => e.className));
  document.adoptedStyleSheets = [];
  return problems;
}"""

# 13.5: values of the code that no screen shows bare
CODES = {
    str(value)
    for model in apps.get_models()
    if not model.__module__.startswith("django")
    for field in model._meta.get_fields()
    for value, _ in getattr(field, "choices", None) or ()
    if "_" in str(value) and str(value).isupper()
}
# 11.13: what a browser may fill in of the person who types
FILLED = {
    "login": "username",
    "password": "current-password",
    "contact_email": "section-contact email",
    "first_name": "given-name",
    "last_name": "family-name",
    "phone": "tel",
}


def check(page: Page) -> None:
    """Assert that nothing on the page breaks what a script can see."""
    problems: list[Any] = page.evaluate(CHECKS)
    shown = set(page.inner_text("body").split())
    problems += [f"13.5 a code of ours: {code}" for code in CODES & shown]
    assert problems == [], "\n".join([page.url, *map(str, problems)])
