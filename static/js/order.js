/*
 * The order of a column's cells by what they mean: numbers, money, shares, sizes, dates, where a whole column is of one
 * kind; else words, with the numbers in them by their worth. What is empty comes last both ways.
 */

const EMPTY = /^(?:[-–—]|n\/?a|null)?$/i;
const NUMBER = String.raw`\d[\d.,'’ ]*\d|\d`;
const AROUND = String.raw`(?:\p{Sc}|\p{L}{1,4}\.?\p{Sc}?)?`; // Rp, US$, CHF
const AMOUNT = new RegExp(String.raw`^(\()?([-+]?) ?(${AROUND}) ?([-+]?)(${NUMBER}|[.,]\d+)(e[-+]?\d+)? ?(\p{L}{1,5}|[%‰]|\p{Sc}|)\)?$`, "iu");
const BYTES = /^([kmgtp]?)(i?)b(?:ytes?)?$|^(byte)s?$/i;
const MANY = { k: 1e3, rb: 1e3, ribu: 1e3, mio: 1e6, jt: 1e6, juta: 1e6, m: 1e6, bn: 1e9, mrd: 1e9, b: 1e9, t: 1e12 };
const ISO = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)? ?(Z|[-+]\d{2}:?\d{2})?$/;
const DAY = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const WORDS = /^(?:\p{L}+\.?, )?(?:(\d{1,2})\.? (\p{L}+)\.?|(\p{L}+)\.? (\d{1,2})),? (\d{4})$/u;

/** Without what only looks different: typographic minus and blanks, marks of direction. */
const plain = (text) => text.replace(/[\u200e\u200f\u061c]/g, "").replace(/[\u2212\u2012]/g, "-").replace(/\s/g, " ").trim();

/** Gives the places of texts in their order, `way` 1 or -1; `lang` tells how numbers and days are written there. */
export function ordered(texts, way, lang) {
  const said = texts.map(plain), filled = said.filter((text) => !EMPTY.test(text));
  const collator = new Intl.Collator(lang || undefined, { numeric: true, sensitivity: "base" });
  const meant = numbers(filled) ?? dates(filled, lang) ?? amounts(filled, lang);
  const keys = said.map((text) => (EMPTY.test(text) ? null : (meant?.get(text) ?? ["", text])));
  const compare = ([group, a], [other, b]) => collator.compare(group, other) || (meant ? a - b : collator.compare(a, b));
  return [...texts.keys()].sort((one, other) => {
    const [a, b] = [keys[one], keys[other]];
    return a && b ? way * compare(a, b) : Number(!a) - Number(!b);
  });
}

/** What each text is worth, as [group, number], where `read` reads them all; else nothing. */
function all(texts, read) {
  const found = new Map();
  for (const text of texts) {
    const value = read(text);
    if (!value || !Number.isFinite(value[1])) return null;
    found.set(text, value);
  }
  return found.size ? found : null;
}

/** Numbers as JSON and programs write them. A point and three digits may part thousands: that is looked at as amounts. */
function numbers(texts) {
  if (texts.length && texts.every((text) => /^[-+]?\d{1,3}\.\d{3}$/.test(text))) return null;
  return all(texts, (text) => ["", Number(text)]);
}

// ---- dates ----------------------------------------------------------------------------------------------
function dates(texts, lang) {
  const days = texts.map((text) => DAY.exec(text)).filter(Boolean);
  const isDayFirst = !days.some(([, , , second]) => second > 12) && (days.some(([, first]) => first > 12) || startsWithDay(lang));
  const months = monthsOf(lang);
  return all(texts, (text) => {
    const iso = ISO.exec(text), day = DAY.exec(text), words = WORDS.exec(text);
    if (iso) return ["", Date.UTC(iso[1], iso[2] - 1, iso[3], iso[4] ?? 0, iso[5] ?? 0, iso[6] ?? 0) - zone(iso[7])];
    if (day) {
      const [, first, , second, year, ...time] = day, [date, month] = isDayFirst ? [first, second] : [second, first];
      return month > 12 ? null : ["", Date.UTC(century(year), month - 1, date, ...time.map((part) => part ?? 0))];
    }
    const month = words && months.get((words[2] ?? words[3]).toLocaleLowerCase(lang));
    return month === undefined || month === null ? null : ["", Date.UTC(words[5], month, words[1] ?? words[4])];
  });
}

const century = (year) => (year.length === 4 ? Number(year) : Number(year) + (year < 70 ? 2000 : 1900));

/** How far a zone such as +07:00 is ahead, in milliseconds. */
function zone(text) {
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})$/.exec(text ?? "") ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (hours * 60 + Number(minutes)) * 60_000 : 0;
}

function startsWithDay(lang) {
  const own = navigator.language.startsWith(`${lang}-`) ? navigator.language : lang; // en says nothing, en-GB does
  const parts = new Intl.DateTimeFormat(own || undefined).formatToParts(0).map(({ type }) => type);
  return parts.indexOf("day") < parts.indexOf("month");
}

/** Months by their names, short and long, in the page's language and in English. */
function monthsOf(lang) {
  const found = new Map();
  for (const month of ["long", "short"]) {
    for (const one of new Set([lang || "en", "en"])) {
      const format = new Intl.DateTimeFormat(one, { month, day: "numeric", timeZone: "UTC" });
      for (let n = 0; n < 12; n++) {
        const name = format.formatToParts(Date.UTC(2026, n, 1)).find(({ type }) => type === "month").value;
        found.set(name.replace(/\.$/, "").toLocaleLowerCase(one), n);
      }
    }
  }
  return found;
}

// ---- amounts --------------------------------------------------------------------------------------------
/** Numbers with groups, signs, currencies and units. Those of one currency are together. */
function amounts(texts, lang) {
  const read = texts.map((text) => AMOUNT.exec(text));
  if (!read.every(Boolean)) return null;
  const units = read.map((found) => unitOf(found));
  const family = units[0]?.family;
  if (units.some((unit) => unit.family !== family)) return null;
  const points = new Map(); // of each group, what stands before its decimals
  const inGroup = (group) => read.flatMap((found, n) => (units[n].group === group ? [found[5]] : []));
  for (const { group } of units) if (!points.has(group)) points.set(group, pointOf(inGroup(group), lang));
  const worth = new Map(texts.map((text, n) => [text, [units[n].group, value(read[n], units[n], points.get(units[n].group))]]));
  return all(texts, (text) => worth.get(text));
}

/** What is around a number: its family, which a column shares, its group in it, and what the number counts. */
function unitOf([, , , before, , , , after]) {
  const unit = after.toLowerCase(), bytes = BYTES.exec(after);
  if (bytes && !before && after !== "b") {
    const power = " kmgtp".indexOf((bytes[1] ?? "").toLowerCase() || " ");
    return { family: "bytes", group: "", counts: (bytes[2] ? 1024 : 1000) ** power };
  }
  const isMoney = before || /\p{Sc}/u.test(after) || /^[A-Z]{3}$/.test(after);
  const counts = MANY[unit] ?? 1;
  if (isMoney) return { family: "money", group: (before || (counts > 1 ? "" : after)).toUpperCase().replace(".", ""), counts };
  return { family: counts > 1 || !unit ? "number" : unit, group: "", counts };
}

/** What stands before the decimals in these numbers: told by one of them, else by the language. */
function pointOf(texts, lang) {
  for (const text of texts) {
    const marks = text.match(/[.,]/g) ?? [], last = marks.at(-1);
    if (new Set(marks).size > 1) return last;
    if (marks.length > 1) return last === "." ? "," : ".";
    if (last && !/^[1-9]\d{0,2}[.,]\d{3}$/.test(text)) return last;
  }
  const parts = new Intl.NumberFormat(lang || undefined).formatToParts(1.5);
  return parts.find(({ type }) => type === "decimal").value;
}

/** What a number is worth, or NaN where its groups are none. */
function value([, isNegative, sign, , inner, text, power], { counts }, point) {
  const [whole, decimals, ...more] = text.split(point), group = point === "." ? "," : ".";
  const parts = whole.split(new RegExp(`[${group}'’ ]`));
  const isGrouped = parts.slice(1, -1).every((part) => /^\d{2,3}$/.test(part)) && (parts.length < 2 || parts.at(-1).length === 3);
  if (more.length || !isGrouped || /\D/.test(decimals ?? "")) return NaN;
  const found = Number(`${parts.join("") || 0}.${decimals || 0}${power ?? ""}`) * counts;
  return isNegative || sign === "-" || inner === "-" ? -found : found;
}
