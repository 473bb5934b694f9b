/*
 * A sheet as a grid: walked by keys, written in one field that stands over the cell, pasted into from spreadsheets.
 * Only the rows in sight are in the page. What the cells hold is the sheet's (sheet.js), what was written is its CSV.
 */
import { parse } from "./csv.js";
import { keyOf } from "./keys.js";
import { Sheet } from "./sheet.js";

const DRAWN = 100; // rows
const LEAST = 56, MOST = 320, LETTER = 8, BESIDE = 28; // pixels of a column
const LOOKED_AT = 200; // rows, for the widths of columns
const NUMBER = /^\s*[-+]?[\d.,\s]*\d\s*%?\s*$/;
const SOON = 1000; // milliseconds after which what is being written is kept
const MOST_CELLS = 50_000, MOST_COLUMNS = 200;

/** Whether a text is a sheet that a grid can show. */
export function fits(text) {
  const { width, height } = new Sheet(text);
  return width <= MOST_COLUMNS && width * height <= MOST_CELLS;
}

/**
 * Puts a grid into `host`. Takes `text` (CSV), `label`, `tools` (an element with buttons [data-sheet]), `onChange()`.
 * Gives {text, isComposing, read(text), focus()}; while a cell is written nothing may come in.
 */
export function mount(host, { text, label, tools, onChange }) {
  return new Grid(host, new Sheet(text), label, tools, onChange);
}

class Grid {
  constructor(host, sheet, label, tools, onChange) {
    Object.assign(this, { host, sheet, onChange, at: [0, 0], from: [0, 0], isComposing: false });
    this.table = make("table", { role: "grid", tabIndex: 0, className: "sheet-table" });
    this.table.setAttribute("aria-label", label);
    this.columns = this.table.appendChild(make("colgroup"));
    [this.head, this.body] = [this.table.createTHead(), this.table.createTBody()];
    this.field = make("textarea", { className: "sheet-field", rows: 1 });
    host.append(this.table);
    this.listen(tools);
    this.render();
  }

  get text() {
    return this.sheet.text;
  }

  read(text) {
    if (text === this.sheet.text) return;
    this.sheet.read(text);
    this.render();
  }

  focus() {
    this.table.focus({ preventScroll: true });
  }

  listen(tools) {
    const { table, host } = this;
    host.addEventListener("scroll", () => this.scrolled());
    table.addEventListener("keydown", (event) => this.isComposing ? this.writeKey(event) : this.key(event));
    table.addEventListener("pointerdown", (event) => this.press(event));
    table.addEventListener("dblclick", () => this.write());
    this.field.addEventListener("blur", () => this.commit());
    this.field.addEventListener("input", () => {
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => this.keep(), SOON);
    });
    for (const name of ["copy", "cut", "paste"]) { // they come to what is focused, or to the page
      document.addEventListener(name, (event) => { if (document.activeElement === table) this[name](event); });
    }
    tools.addEventListener("click", (event) => {
      const name = event.target.closest("[data-sheet]")?.dataset.sheet;
      if (!(name in ACTS)) return;
      this.commit();
      ACTS[name](this);
      this.changed();
      this.focus();
    });
  }

  /** The cells that are chosen: [top, left, bottom, right]. */
  get area() {
    const [[row, column], [row2, column2]] = [this.at, this.from];
    return [Math.min(row, row2), Math.min(column, column2), Math.max(row, row2), Math.max(column, column2)];
  }

  changed() {
    this.onChange();
    this.render();
    this.go(...this.at);
  }

  // ---- drawn ---------------------------------------------------------------------------------------------
  get step() {
    return this.head.rows[0]?.offsetHeight || 32;
  }

  scrolled() {
    if (this.isComposing) return;
    const first = this.firstInSight();
    if (Math.abs(first - this.first) > DRAWN / 8) this.render();
  }

  firstInSight() {
    return Math.max(1, Math.floor(this.host.scrollTop / this.step) - DRAWN / 4);
  }

  render() {
    const { sheet } = this;
    this.first = Math.min(this.firstInSight(), Math.max(1, sheet.height - DRAWN / 2));
    const last = this.last = Math.min(sheet.height, this.first + DRAWN);
    this.columns.replaceChildren(make("col"), ...this.widths().map(wide));
    this.table.setAttribute("aria-rowcount", sheet.height);
    this.table.setAttribute("aria-colcount", sheet.width);
    this.head.replaceChildren(this.row(0));
    const drawn = Array.from({ length: last - this.first }, (_, n) => this.row(this.first + n));
    this.body.replaceChildren(room((this.first - 1) * this.step), ...drawn, room((sheet.height - last) * this.step));
    this.mark();
  }

  widths() {
    const looked = this.sheet.rows.slice(0, LOOKED_AT);
    return Array.from({ length: this.sheet.width }, (_, column) => {
      const longest = looked.reduce((most, row) => Math.max(most, row[column]?.value.length ?? 0), 0);
      return Math.min(MOST, Math.max(LEAST, longest * LETTER + BESIDE));
    });
  }

  row(n) {
    const row = make("tr"), name = make("th", { scope: "row", textContent: n + 1 });
    row.setAttribute("aria-rowindex", n + 1);
    row.append(name);
    for (let column = 0; column < this.sheet.width; column += 1) {
      const said = this.sheet.value(n, column).replaceAll("\n", "↵"); // all rows have one height
      const found = make(n ? "td" : "th", { id: `cell-${n}-${column}`, textContent: said });
      if (!n) found.scope = "col";
      else if (NUMBER.test(said)) found.className = "is-number";
      found.setAttribute("aria-colindex", column + 1);
      row.append(found);
    }
    return row;
  }

  cell(row, column) {
    return document.getElementById(`cell-${row}-${column}`);
  }

  /** Shows where one is and what is chosen. */
  mark() {
    for (const found of this.table.querySelectorAll("[aria-selected]")) found.removeAttribute("aria-selected");
    this.table.querySelector(".is-here")?.classList.remove("is-here");
    const [top, left, bottom, right] = this.area;
    for (const row of [0, ...Array.from({ length: this.last - this.first }, (_, n) => this.first + n)]) {
      if (row < top || row > bottom) continue;
      for (let column = left; column <= right; column += 1) this.cell(row, column)?.setAttribute("aria-selected", "true");
    }
    const here = this.cell(...this.at);
    here?.classList.add("is-here");
    if (here) this.table.setAttribute("aria-activedescendant", here.id);
  }

  /** Goes to a cell, which comes into sight; with `isFurther` all from where one was is chosen. */
  go(row, column, isFurther = false) {
    this.at = [Math.max(0, Math.min(row, this.sheet.height - 1)), Math.max(0, Math.min(column, this.sheet.width - 1))];
    if (!isFurther) this.from = this.at;
    const { host, step } = this, top = this.at[0] * step;
    if (this.at[0] && top < host.scrollTop + step) host.scrollTop = top - step;
    else if (top + 2 * step > host.scrollTop + host.clientHeight) host.scrollTop = top + 2 * step - host.clientHeight;
    if (this.at[0] && (this.at[0] < this.first || this.at[0] >= this.last)) this.render();
    else this.mark();
    const here = this.cell(...this.at), names = here.parentElement.cells[0].offsetWidth;
    if (here.offsetLeft - names < host.scrollLeft) host.scrollLeft = here.offsetLeft - names;
    else host.scrollLeft = Math.max(host.scrollLeft, here.offsetLeft + here.offsetWidth - host.clientWidth);
  }

  // ---- keys ----------------------------------------------------------------------------------------------
  key(event) {
    const [row, column] = this.at, { key = "", shiftKey } = event, isCommand = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.host.clientHeight / this.step) - 2), far = isCommand ? Infinity : 0;
    const ways = {
      ArrowUp: [row - 1 - far, column], ArrowDown: [row + 1 + far, column], PageUp: [row - page, column], PageDown: [row + page, column],
      ArrowLeft: [row, column - 1 - far], ArrowRight: [row, column + 1 + far], Home: [row - far, 0], End: [row + far, Infinity],
    };
    if (ways[key]) this.go(...ways[key], shiftKey);
    else if (isCommand && keyOf(event) in COMMANDS) COMMANDS[keyOf(event)](this, shiftKey);
    else if (isCommand || event.altKey) return;
    else if (key === "Enter" || key === "F2") this.write();
    else if (key === "Delete" || key === "Backspace") this.clear();
    else if (key === "Process" || key === "Dead" || [...key].length === 1) return this.write(""); // the key goes on into the field
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Keys while a cell is written: Enter and Tab go on, Escape gives up, Alt Enter begins a line. */
  writeKey(event) {
    const [row, column] = this.at, { key, shiftKey } = event, way = shiftKey ? -1 : 1;
    if (event.isComposing) return;
    if (event.ctrlKey || event.metaKey) return ["s", "Enter"].includes(keyOf(event)) ? this.commit() : undefined; // the form is saved
    event.stopPropagation();
    if (key === "Enter" && event.altKey) this.field.setRangeText("\n", this.field.selectionStart, this.field.selectionEnd, "end");
    else if (key === "Enter") this.commit([row + way, column]);
    else if (key === "Tab") this.commit([row, column + way]);
    else if (key === "Escape") this.drop();
    else return;
    event.preventDefault();
  }

  press(event) {
    const found = event.target.closest("td, th");
    if (!found?.id || event.button || this.field.contains(event.target)) return;
    this.commit();
    const [row, column] = found.id.split("-").slice(1).map(Number), isAgain = this.at[0] === row && this.at[1] === column;
    event.preventDefault();
    this.focus();
    this.go(row, column, event.shiftKey);
    if (isAgain && event.pointerType === "touch") this.write();
  }

  // ---- written -------------------------------------------------------------------------------------------
  write(begun = this.sheet.value(...this.at)) {
    const here = this.cell(...this.at);
    if (this.isComposing || !here) return;
    this.field.value = begun;
    this.kept = 0;
    this.field.setAttribute("aria-label", `${this.sheet.value(0, this.at[1])} ${this.at[0] + 1}`.trim());
    here.append(this.field);
    this.field.focus();
    this.field.setSelectionRange(begun.length, begun.length);
    this.isComposing = true;
  }

  /** The field goes away; the grid has the focus if the field had it. */
  leave() {
    const hadFocus = document.activeElement === this.field;
    this.isComposing = false;
    this.field.remove();
    if (hadFocus) this.focus();
  }

  /** What stands in the field for a while is in the sheet before it is left. */
  keep() {
    const { value } = this.field;
    if (!this.isComposing || value === this.sheet.value(...this.at)) return;
    this.sheet.fill(...this.at, [[value]]);
    this.kept += 1;
    this.onChange();
  }

  drop() {
    this.leave();
    for (; this.kept; this.kept -= 1) this.sheet.undo();
    this.changed();
  }

  commit(next) {
    if (!this.isComposing) return;
    this.keep();
    this.leave();
    this.render();
    this.go(...(next ?? this.at));
  }

  clear() {
    const [top, left, bottom, right] = this.area;
    const empty = Array.from({ length: bottom - top + 1 }, () => Array(right - left + 1).fill(""));
    this.sheet.fill(top, left, empty);
    this.changed();
  }

  copy(event) {
    const [top, left, bottom, right] = this.area, lines = [];
    const said = (value) => (/[\t\n"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    for (let row = top; row <= bottom; row += 1) {
      lines.push(Array.from({ length: right - left + 1 }, (_, n) => said(this.sheet.value(row, left + n))).join("\t"));
    }
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  }

  cut(event) {
    this.copy(event);
    this.clear();
  }

  /** Spreadsheets hand over cells between tabs, in quotes where they hold lines. */
  paste(event) {
    event.preventDefault();
    const rows = parse(event.clipboardData.getData("text/plain").replaceAll(/\r\n?/g, "\n"), "\t");
    if (!rows.length) return;
    const [top, left] = this.area;
    this.sheet.fill(top, left, rows.map((row) => row.map(({ value }) => value)));
    this.changed();
  }
}

const COMMANDS = {
  z: (grid, isShifted) => (isShifted ? ACTS.redo : ACTS.undo)(grid) && grid.changed(),
  y: (grid) => ACTS.redo(grid) && grid.changed(),
  a: (grid) => {
    grid.from = [0, 0];
    grid.go(Infinity, Infinity, true);
  },
};
const ACTS = {
  undo: ({ sheet }) => sheet.undo(),
  redo: ({ sheet }) => sheet.redo(),
  "add-row": ({ sheet, area: [, , bottom] }) => sheet.addRow(bottom + 1),
  "add-column": ({ sheet, area: [, , , right] }) => sheet.addColumn(right + 1),
  "remove-rows": ({ sheet, area: [top, , bottom] }) => sheet.removeRows(top, bottom - top + 1),
  "remove-columns": ({ sheet, area: [, left, , right] }) => sheet.removeColumns(left, right - left + 1),
  "sort-up": ({ sheet, at: [, column] }) => sheet.sort(column, false),
  "sort-down": ({ sheet, at: [, column] }) => sheet.sort(column, true),
};

const make = (name, values = {}) => Object.assign(document.createElement(name), values);

function wide(pixels) {
  const column = make("col");
  column.style.width = `${pixels}px`;
  return column;
}

/** A row that takes the place of those that are not drawn. */
function room(height) {
  const row = make("tr");
  row.setAttribute("aria-hidden", "true");
  row.style.height = `${height}px`;
  return row;
}
