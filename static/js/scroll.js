/* The conversation stays at its end while the reader is there, and only then. */

const NEAR = 48; // pixels from the end that still count as the end
const scroller = document.getElementById("scroller");
const jump = document.getElementById("jump");
let isAtEnd = true;

const goesOn = () => document.querySelector("#messages > .later") !== null; // the end is not in this page
const isNear = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR && !goesOn();

function show() {
  if (jump) jump.hidden = isAtEnd || isNear();
}

/** Goes to the end and stays there. */
export function toEnd() {
  if (!scroller) return;
  isAtEnd = true;
  scroller.scrollTop = scroller.scrollHeight;
  show();
}

if (scroller) {
  const column = scroller.firstElementChild;
  // Growing text moves the end away without a scroll event, so what counts is where the reader was before it.
  new ResizeObserver(() => {
    if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
    show();
  }).observe(column);
  new ResizeObserver(() => { if (isAtEnd) scroller.scrollTop = scroller.scrollHeight; }).observe(scroller);
  let last = scroller.scrollTop;
  scroller.addEventListener("scroll", () => {
    // Only a move upwards leaves the end; a late event of our own move does not.
    if (scroller.scrollTop < last - 2) isAtEnd = isNear();
    else if (isNear()) isAtEnd = true;
    last = scroller.scrollTop;
    show();
  }, { passive: true });
  jump?.addEventListener("click", () => {
    if (goesOn()) return location.assign(document.getElementById("messages").dataset.url);
    toEnd();
    document.getElementById("composer-text")?.focus({ preventScroll: true });
  });

  // Earlier messages come in above: what is being read keeps its place.
  let fromEnd = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.classList.contains("earlier")) fromEnd = scroller.scrollHeight - scroller.scrollTop;
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (fromEnd === null) return;
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
    fromEnd = null;
  });
  // An act that makes a new reply leads to it, and the keys go to the composer (Esc stops the reply).
  document.addEventListener("htmx:afterSettle", (event) => {
    const elt = event.detail.requestConfig?.elt;
    if (!elt?.matches?.("[data-to-end]") || event.detail.requestConfig.verb === "get" || event.detail.xhr.status >= 400) return;
    toEnd();
    if (matchMedia("(hover: hover)").matches) document.getElementById("composer-text")?.focus({ preventScroll: true });
  });
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  isAtEnd = !wanted;
  if (wanted) wanted.scrollIntoView({ block: "center" });
  else toEnd();
  show();
}
