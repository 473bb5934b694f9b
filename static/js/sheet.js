/* A sheet: its rows, what may be done with them, and what they were. Each act is one step back. */
import { ordered } from "./order.js";
import { cell, delimiterOf, parse, write } from "./csv.js";

const MOST_STEPS = 200;
const EMPTY = { raw: "", value: "" };

export class Sheet {
  #done = []; #undone = [];

  constructor(text) {
    this.read(text);
  }

  /** Takes another text; there is no way back behind it. */
  read(text) {
    this.delimiter = delimiterOf(text);
    this.rows = parse(text, this.delimiter);
    this.end = text.slice(write(this.rows, this.delimiter).length); // of the last line
    [this.#done, this.#undone] = [[], []];
    this.measure();
  }

  get text() {
    return write(this.rows, this.delimiter) + (this.rows.length ? this.end : "");
  }

  measure() {
    this.width = this.rows.reduce((most, row) => Math.max(most, row.length), 1);
    this.height = Math.max(this.rows.length, 1);
  }

  value(row, column) {
    return this.rows[row]?.[column]?.value ?? "";
  }

  // ---- acts ----------------------------------------------------------------------------------------------
  #become(rows) {
    this.#done.push(this.rows);
    if (this.#done.length > MOST_STEPS) this.#done.shift();
    this.#undone = [];
    this.rows = rows;
    this.measure();
  }

  /** Puts a block of values where its first one goes; the sheet grows with it. */
  fill(row, column, values) {
    const rows = [...this.rows];
    values.forEach((given, down) => {
      const made = [...(rows[row + down] ?? [])];
      given.forEach((value, right) => {
        while (made.length < column + right) made.push(EMPTY);
        const before = made[column + right] ?? EMPTY;
        if (before.value !== value) made[column + right] = cell(value, this.delimiter, before.raw);
        else made[column + right] ??= before;
      });
      while (rows.length < row + down) rows.push(this.#emptyRow());
      rows[row + down] = made;
    });
    this.#become(rows);
  }

  #emptyRow() {
    return Array.from({ length: this.width }, () => EMPTY);
  }

  addRow(at) {
    this.#become(this.rows.toSpliced(at, 0, this.#emptyRow()));
  }

  addColumn(at) {
    this.#become(this.rows.map((row) => (row.length < at ? row : row.toSpliced(at, 0, EMPTY))));
  }

  removeRows(from, count) {
    this.#become(this.rows.toSpliced(from, count));
  }

  removeColumns(from, count) {
    this.#become(this.rows.map((row) => row.toSpliced(from, count)));
  }

  /** Sorts all rows but the first by a column: by what its cells mean, what is empty last. */
  sort(column, isDown) {
    if (!this.rows.length) return;
    const [head, ...others] = this.rows, texts = others.map((row) => row[column]?.value ?? "");
    this.#become([head, ...ordered(texts, isDown ? -1 : 1, document.documentElement.lang).map((n) => others[n])]);
  }

  undo() {
    return this.#step(this.#done, this.#undone);
  }

  redo() {
    return this.#step(this.#undone, this.#done);
  }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.rows);
    this.rows = from.pop();
    this.measure();
    return true;
  }
}
