/* Which key is meant: on any layout, and on a Mac. */

/** Whether this is a Mac, where ⌘ commands and Ctrl moves and deletes in every field. */
export const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform || navigator.platform);

/** Whether a key is pressed as a command. */
export const isCommand = ({ ctrlKey, metaKey, altKey }) => !altKey && (isMac ? metaKey && !ctrlKey : ctrlKey || metaKey);

/**
 * The key of an event, letters small. On a layout without Latin letters it is the letter that stands at the key's place
 * on most keyboards: Ctrl+Л is Ctrl+K. "" where the event has none, as when the browser fills in what it has saved.
 */
export function keyOf({ key = "", code = "" }) {
  const isForeign = /^[\p{L}\p{M}]+$/u.test(key) && !/^\p{Script=Latin}/u.test(key);
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  if (isForeign && letter) return letter.toLowerCase();
  return key.length === 1 ? key.toLowerCase() : key;
}
