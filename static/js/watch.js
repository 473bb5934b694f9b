/* Calls back for elements that match a selector: those in the conversation (or in a page of results) now, and those added later. */

/**
 * Takes a selector and a function of one element. The open tail of a reply is passed over: it is replaced at every
 * tick, and only finished blocks stay.
 */
export function watch(selector, decorate) {
  const visit = (root) => {
    if (root.matches(selector) && !root.closest("[data-tail]")) decorate(root);
    for (const element of root.querySelectorAll(selector)) {
      if (!element.closest("[data-tail]")) decorate(element);
    }
  };
  const log = document.getElementById("messages") ?? document.querySelector("[data-results]");
  if (!log) return;
  visit(log);
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.target.closest?.("[data-tail]")) continue;
      for (const node of record.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE && !node.hasAttribute("data-tail")) visit(node);
      }
    }
  }).observe(log, { childList: true, subtree: true });
}
