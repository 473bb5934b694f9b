/* CSV as people write it: each cell is kept as it was written beside what it says, so that what nobody touched stays, sign by sign. */

const DELIMITERS = [",", ";", "\t", "|"];

/** The sign that divides the cells: the one that the first line has most of. */
export function delimiterOf(text) {
  const first = text.split("\n", 1)[0], count = (sign) => first.split(sign).length;
  return DELIMITERS.reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** Gives the rows of a text, each a list of cells {raw, value}. Lines end with "\n"; a last one without cells is none. */
export function parse(text, delimiter) {
  const rows = [];
  for (let at = 0; at < text.length;) {
    const row = [];
    for (let isMore = true; isMore;) {
      const end = endOf(text, at, delimiter), raw = text.slice(at, end);
      row.push({ raw, value: read(raw) });
      isMore = text[end] === delimiter;
      at = end + 1;
    }
    rows.push(row);
  }
  return rows;
}

/** Where the cell that begins at `at` ends: at a delimiter or the end of a line, outside of quotes. */
function endOf(text, at, delimiter) {
  let end = text[at] === '"' ? quoted(text, at) : at;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n") end += 1;
  return end;
}

/** Behind the quote that closes the one at `at`; two in a row are one that stands in the cell. */
function quoted(text, at) {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 2)) {
    if (text[end + 1] !== '"') return end + 1;
  }
  return text.length;
}

function read(raw) {
  if (raw[0] !== '"') return raw;
  const end = quoted(raw, 0), isClosed = raw.length > 1 && raw[end - 1] === '"';
  return raw.slice(1, isClosed ? end - 1 : end).replaceAll('""', '"') + raw.slice(end);
}

/** A cell with another value, in quotes where it needs them or had them. */
export function cell(value, delimiter, before = "") {
  const needsQuotes = before[0] === '"' || value[0] === '"' || value.includes(delimiter) || /[\n\r]/.test(value);
  return { value, raw: needsQuotes ? `"${value.replaceAll('"', '""')}"` : value };
}

/** The text of rows. */
export const write = (rows, delimiter) => rows.map((row) => row.map(({ raw }) => raw).join(delimiter)).join("\n");
