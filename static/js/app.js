// What HTMX leaves to the page: say what failed, show what waits, put the focus where something changed.
// Every page works without this file.

const FAILURES = {
  403: "Cette page n’est plus à jour, ou vos profils ne permettent pas cette action. Rechargez la page, puis recommencez.",
  404: "Cet élément n’existe plus, ou vous n’y avez plus accès. Rechargez la page.",
  429: "Trop d’essais en peu de temps. Attendez quelques minutes, puis recommencez.",
  503: "Le service est momentanément indisponible. Recommencez dans une minute : votre saisie reste à l’écran.",
};
const SERVER = "Une erreur est survenue de notre côté. Rechargez la page pour voir ce qui a été enregistré, puis recommencez.";
const REFUSED = "Le serveur n’a pas compris cette demande. Rechargez la page, puis recommencez.";
const NETWORK = "Le serveur ne répond pas. Vérifiez votre connexion, puis recommencez : votre saisie reste à l’écran.";

const dialog = document.getElementById("dialogue");
let asker = null; // the link whose question the dialog shows
let failure = null;

function fail(sentence) {
  clear();
  failure = document.getElementById("failure").content.firstElementChild.cloneNode(true);
  failure.querySelector("p").textContent = sentence;
  if (dialog.open) failure.setAttribute("role", "alert"); // what is under the dialog is not read
  (dialog.open ? dialog : document.getElementById("messages")).prepend(failure);
  failure.scrollIntoView({ block: "nearest" });
}

function clear() {
  failure?.remove();
  failure = null;
}

function focusSummary(root) {
  const summary = root.querySelector("#erreurs");
  summary?.focus();
  return Boolean(summary);
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  clear();
  detail.target.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

document.addEventListener("htmx:responseError", ({ detail }) => {
  const { status } = detail.xhr;
  fail(FAILURES[status] ?? (status >= 500 ? SERVER : REFUSED));
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => fail(NETWORK));
}

// A page that asks, in a dialog: « Annuler » and Escape lead back to the link; another page than that opens as one
dialog.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (dialog.open) return;
  asker = detail.requestConfig.elt;
  if (dialog.firstElementChild) dialog.showModal();
  else location.assign(asker.href);
});
dialog.addEventListener("click", (event) => {
  if (!event.target.closest("[data-cancel]")) return;
  event.preventDefault();
  dialog.close();
});
dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  asker.focus();
});

// What takes the whole page leaves no part of itself elsewhere: it would be missing there. A dialog renames no page
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.getResponseHeader("HX-Retarget")) detail.etc.selectOOB = "#none";
  detail.ignoreTitle = dialog.contains(detail.target);
});

// The summary of errors first, else the part that was replaced, if it takes the focus; a field that refreshes others keeps it
document.addEventListener("htmx:afterSettle", ({ detail: { elt, requestConfig } }) => {
  const kept = requestConfig?.triggeringEvent?.type === "change" && document.activeElement !== document.body;
  if (!focusSummary(elt.parentNode ?? document) && !kept && elt.matches('[tabindex="-1"]')) elt.focus();
});

// The rules beside a new password, ticked as one types; the server ticks them too, and alone decides
const RULES = {
  length: (password) => password.length >= 12,
  case: (password) => /\p{Ll}/u.test(password) && /\p{Lu}/u.test(password),
  digit: (password) => /\d/.test(password),
  sign: (password) => /[^\p{L}\p{N}]/u.test(password),
};
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-rules]")) {
    for (const [name, isMet] of Object.entries(RULES)) {
      document.querySelector(`[data-rule="${name}"]`)?.classList.toggle("is-met", isMet(target.value));
    }
  }
});

// A profile that another one gives stays ticked and locked as long as that one is; the server decides the same
document.addEventListener("change", ({ target }) => {
  const grants = target.closest(".grants");
  for (const box of grants?.querySelectorAll("[data-given-by]") ?? []) {
    const givers = box.dataset.givenBy.split(" ");
    const locked = givers.some((name) => grants.querySelector(`[type="checkbox"][value="${name}"]`)?.checked);
    box.checked ||= locked;
    box.disabled = locked;
    grants.querySelector(`[type="hidden"][value="${box.value}"]`)?.remove();
    if (locked) {
      const sent = Object.assign(document.createElement("input"), { type: "hidden", name: box.name, value: box.value });
      box.closest("td").append(sent);
    }
  }
});

// « Copier », shown where it can: the button says that it is done
function showCopies() {
  if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}
document.addEventListener("htmx:afterSettle", showCopies);
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = button.querySelector("[data-copied]");
  said.textContent = said.dataset.copied;
  button.classList.add("is-copied");
});
showCopies();

// A security key: the browser asks it, its answer goes with the form
const KEYS = {
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};
const KEYLESS = "Ce navigateur ne sait pas interroger une clé. Utilisez-en un plus récent, ou un autre moyen.";
const SILENT = "La clé n’a pas répondu, ou vous avez renoncé. Recommencez quand vous êtes prêt.";
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.key || form.elements.answer.value || !form.checkValidity()) return;
  event.preventDefault();
  clear();
  if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) return fail(KEYLESS);
  try {
    const credential = await KEYS[form.dataset.key](JSON.parse(form.dataset.options).publicKey);
    form.elements.answer.value = JSON.stringify(credential);
    form.requestSubmit();
  } catch (error) {
    fail(error.name === "InvalidStateError" ? "Cette clé est déjà enregistrée. Utilisez-en une autre." : SILENT);
  }
});

// The last to hear of a form: a second click while the first one is on its way sends nothing more; a form that opens no page may be sent again soon
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 3000);
});

focusSummary(document);
