/* Following a topic: one socket per tab, opened anew after a break; where none can be had, the page asks by HTTP. */

const HEARTBEAT = 20_000, SILENCE = 10_000, OPENING = 8_000, LONGEST_WAIT = 30_000, POLL = 1_000; // ms
const SIGNED_OUT = 4401;

/** Asks for a fragment; null where the server was not reached. */
export const ask = (url) => fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);

/**
 * Follows `topic` for as long as the page is there. `after` gives the runs in the page, each with the last seq of it;
 * `receive` takes a frame; `poll` asks for news where there is no socket, once a second; `gone` is called where the session
 * may have ended. Returns a function that asks once more for what is stored beyond what the page has.
 */
export function follow(topic, { after, receive, poll, gone = leave }) {
  let socket = null, failures = 0, heartbeat = 0, silence = 0, polling = 0;

  document.addEventListener("visibilitychange", () => { if (!document.hidden && !socket) open(); });
  open();
  return join;

  function open() {
    if (socket) return;
    socket = new WebSocket(location.origin.replace(/^http/, "ws") + document.body.dataset.socket);
    const opening = setTimeout(() => socket?.close(), OPENING); // a door that neither opens nor closes
    socket.onopen = () => {
      clearTimeout(opening);
      failures = 0;
      stopPolling();
      join();
      heartbeat = setInterval(ping, HEARTBEAT);
    };
    socket.onmessage = (event) => {
      clearTimeout(silence);
      receive(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      clearTimeout(opening);
      clearInterval(heartbeat);
      clearTimeout(silence);
      socket = null;
      failures += 1;
      if (event.code === SIGNED_OUT || failures === 2) gone();
      if (failures > 1) polling ||= setInterval(poll, POLL);
      setTimeout(open, Math.random() * Math.min(LONGEST_WAIT, 500 * 2 ** failures)); // full jitter
    };
  }

  function send(event) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(event));
  }

  function ping() {
    send({ type: "ping" });
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE);
  }

  /** Asks for what is stored beyond what the page has, then for everything that comes. */
  function join() {
    send({ type: "join", topic, after: after() });
  }

  function stopPolling() {
    clearInterval(polling);
    polling = 0;
  }
}

/** Gives the page up if the session has ended, or what it shows is nobody's here any more; a refused socket does not say why. */
async function leave() {
  const response = await ask(location.pathname);
  if (response?.status === 401 || response?.status === 404) location.reload();
}
