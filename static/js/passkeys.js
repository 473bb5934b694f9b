/* Passkeys: a form with data-passkey asks the browser for a credential, puts it into its field, and is sent.
   "make" makes a new one and "use" proves one with the options that stand in the page; "login" fetches them first. */
import { toast } from "./toast.js";
import { word } from "./words.js";

async function options(form) {
  if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

async function credential(form) {
  const given = await options(form);
  if (form.dataset.passkey !== "make") {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(given.request_options.publicKey);
    return navigator.credentials.get({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(given.creation_options.publicKey);
  // A key that knows who it belongs to and asks for its owner, so that it signs in alone.
  Object.assign(publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  return navigator.credentials.create({ publicKey });
}

async function send(event) {
  const form = event.target;
  event.preventDefault();
  try {
    form.elements.credential.value = JSON.stringify((await credential(form)).toJSON());
    form.submit();
  } catch (failed) {
    // An address without a name, such as 127.0.0.1, cannot have passkeys.
    toast(word(failed.name === "SecurityError" ? "passkeyAddress" : "passkeyFailed"));
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", send);
}
