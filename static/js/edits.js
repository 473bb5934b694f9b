/* What made one text another one, so that a cursor can stay where it is in the words. Offsets are UTF-16 units. */

/**
 * Gives the edits that make `next` of `old`: [{from, to, insert}] with offsets in `old`, in order, none over another.
 * Lines that stand once in both hold their place; what lies between two of them is one edit.
 */
export function edits(old, next) {
  const found = [];
  compare(old, next, 0, found);
  return found;
}

/** Notes the edits of a part that begins at `offset`. */
function compare(old, next, offset, found) {
  let start = 0, end = 0;
  const most = Math.min(old.length, next.length);
  while (start < most && old[start] === next[start]) start += 1;
  while (end < most - start && old[old.length - 1 - end] === next[next.length - 1 - end]) end += 1;
  const gone = old.slice(start, old.length - end), come = next.slice(start, next.length - end);
  if (!gone && !come) return;
  const held = anchors(gone, come);
  if (!held.length) return void found.push({ from: offset + start, to: offset + start + gone.length, insert: come });
  let at = 0, at2 = 0;
  for (const { here, there, length } of [...held, { here: gone.length, there: come.length, length: 0 }]) {
    compare(gone.slice(at, here), come.slice(at2, there), offset + start + at, found);
    [at, at2] = [here + length, there + length];
  }
}

/** The most whole lines that are there once in both and come in the same order: [{here, there, length}]. */
function anchors(one, other) {
  const there = once(other);
  const pairs = [...once(one)].filter(([line]) => there.has(line))
    .map(([line, here]) => ({ here, there: there.get(line), length: line.length }));
  const ends = []; // the last pair of the best row of each length
  for (const pair of pairs) {
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle].there < pair.there) low = middle + 1;
      else high = middle;
    }
    pair.before = ends[low - 1];
    ends[low] = pair;
  }
  const row = [];
  for (let pair = ends.at(-1); pair; pair = pair.before) row.push(pair);
  return row.reverse();
}

/** Lines with their ends that stand once in a text, and where: those that are whole, so neither the first nor the last. */
function once(text) {
  const found = new Map(), seen = new Set();
  let at = text.indexOf("\n") + 1;
  if (!at) return found;
  for (let end = text.indexOf("\n", at); end >= 0; end = text.indexOf("\n", at)) {
    const line = text.slice(at, end + 1);
    if (seen.has(line)) found.delete(line);
    else found.set(line, at);
    seen.add(line);
    at = end + 1;
  }
  return found;
}
