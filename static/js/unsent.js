/* What is written and not sent yet, by person and chat. A tab has its own; the browser keeps the last of them for when the
 * tab is closed or crashes. Signing out forgets everything, and nobody is shown what another person wrote. */

const PREFIX = "unsent:";
const MOST = 50; // entries, the newest
const LONGEST = 200_000; // characters of one that the browser keeps
const KEPT = 30 * 24 * 60 * 60 * 1000; // milliseconds

/** The place of what a form of the composer holds: `kind` is "text" or "files". */
export const placeOf = (form, kind) => `${PREFIX}${form.dataset.person}:${kind}:${form.dataset.chat || location.pathname}`;

/** Keeps a text at its place; "" forgets it. What only this tab may know (`isPrivate`) ends with it. */
export function keep(place, text, { isPrivate = false } = {}) {
  if (!text) return [sessionStorage, localStorage].forEach((store) => store.removeItem(place));
  sessionStorage.setItem(place, text);
  if (isPrivate || text.length > LONGEST) return localStorage.removeItem(place);
  try {
    localStorage.setItem(place, JSON.stringify({ text, at: Date.now() }));
    trim();
  } catch { /* the browser has no room: this tab has it */ }
}

/** Gives the text of a place: this tab's, else what a tab that is gone has left. */
export function find(place) {
  return sessionStorage.getItem(place) ?? read(place)?.text ?? "";
}

function read(place) {
  try {
    const kept = JSON.parse(localStorage.getItem(place));
    return kept && Date.now() - kept.at < KEPT ? kept : null;
  } catch {
    return null;
  }
}

const placesIn = (store) => Object.keys(store).filter((place) => place.startsWith(PREFIX));

function trim() {
  const places = placesIn(localStorage).sort((one, other) => (read(other)?.at ?? 0) - (read(one)?.at ?? 0));
  for (const place of places) {
    if (!read(place) || places.indexOf(place) >= MOST) localStorage.removeItem(place);
  }
}

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-sign-out]")) return;
  for (const store of [sessionStorage, localStorage]) placesIn(store).forEach((place) => store.removeItem(place));
});
