// The session ends when nobody uses it: say so two minutes before, and let one stay (RGAA, 13.1).
// The server alone knows how long is left, since other tabs use the same session; asking it prolongs nothing.

const NOTICE = 120;
const FIRST = 60; // a page that is left sooner asks nothing
const dialog = document.getElementById("fin-de-session");
const part = (name) => dialog.querySelectorAll(`[data-${name}]`);
const show = (name, shown) => part(name).forEach((each) => (each.hidden = !shown));
let timer;

async function ask(method) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(dialog.dataset.session, { method, body: method === "POST" ? new URLSearchParams({ csrfmiddlewaretoken: token }) : null });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function wait(seconds) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(seconds, 1) * 1000);
}

async function look() {
  let session;
  try {
    session = await ask("GET");
  } catch {
    return wait(FIRST); // the network is away: the session may still be there
  }
  if (session.left > NOTICE) {
    dialog.close();
    wait(session.left - NOTICE);
  } else if (session.left > 0) {
    warn(session);
  } else {
    end();
  }
}

function warn({ left, stay }) {
  const rounded = left > 60 ? "2 minutes" : left > 30 ? "1 minute" : "30 secondes";
  const [text] = part("left");
  if (text.textContent !== rounded) text.textContent = rounded;
  const mayStay = stay > NOTICE;
  for (const [name, shown] of [["idle", mayStay], ["whole", !mayStay], ["stay", mayStay], ["close", !mayStay]]) show(name, shown);
  if (!dialog.open) dialog.showModal();
  wait(left > 60 ? left - 60 : left > 30 ? left - 30 : left);
}

function end() {
  document.getElementById("fin-de-session-titre").textContent = "Votre session est terminée";
  document.getElementById("fin-de-session-texte").hidden = true;
  show("over", true);
  show("stay", false);
  show("close", true);
  if (!dialog.open) dialog.showModal();
}

async function stay() {
  try {
    await ask("POST");
    dialog.close();
  } catch {
    // Asked again at once: the server says what became of the session
  }
  look();
}

if (dialog) {
  part("stay").forEach((button) => button.addEventListener("click", stay));
  part("close").forEach((button) => button.addEventListener("click", () => dialog.close()));
  // Escape is an answer: somebody is there
  dialog.addEventListener("cancel", () => part("stay")[0].hidden || stay());
  wait(FIRST);
}
