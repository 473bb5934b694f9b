/* Times in the reader's zone and words: relative for a day, then the date. The server's text stays where scripts do not run. */

const MINUTE = 60, HOUR = 3600, DAY = 86400; // seconds
const language = document.documentElement.lang || undefined;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const dayOnly = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const withYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });

/** Takes a Date and the present moment; gives its words. */
export function words(date, now = new Date()) {
  const age = Math.max(0, (now - date) / 1000);
  if (age < MINUTE) return relative.format(0, "second");
  if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return relative.format(-Math.floor(age / HOUR), "hour");
  return (date.getFullYear() === now.getFullYear() ? dayOnly : withYear).format(date);
}

function update(root = document) {
  for (const element of root.querySelectorAll("time[data-relative]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.valueOf())) continue;
    element.textContent = words(date);
    element.title ||= whole.format(date);
  }
}

update();
setInterval(update, MINUTE * 1000);
document.addEventListener("htmx:load", (event) => update(event.target.parentElement ?? document));
