/* Tells the server that somebody looks at what a public link shows: once a session, and when the page is seen. */
const address = document.body.dataset.seen;

function isFirst() {
  try {
    if (sessionStorage.getItem(address)) return false;
    sessionStorage.setItem(address, "seen");
  } catch {
    // A browser that keeps nothing for us counts with every look.
  }
  return true;
}

function tell() {
  if (isFirst()) fetch(address, { method: "POST", keepalive: true }).catch(() => {});
}

if (document.visibilityState === "visible") tell();
else document.addEventListener("visibilitychange", tell, { once: true });
