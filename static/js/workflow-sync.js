/*
 * Saves a workflow while it is drawn: operations go to the server in their order, with the version that the page knows. What
 * the server has not is kept in this browser under an id of its own, so that it is never done twice, and "saved" is never said
 * before it is. What the server refuses stays until the person has decided. A page that slept asks what is new before it writes.
 */
import { token } from "./http.js";
import { applied, graphOf, isSame, newId } from "./workflow-graph.js";

const LOOK = 1_500, FOLLOWED = 1_000, AWAKE = 20_000, LONGEST = 15_000; // ms between looks, also at a run; since the last, until the page slept; between tries
const MOST = 200, SIZE = 200_000, KEEPALIVE = 60_000; // operations and characters in one request; characters as the page closes

export class Sync {
  version = 0;
  confirmed = graphOf({}); // what the server has
  refused = []; // {operation, code, sentence, theirs, by, node}
  #queue = [];
  #isSending = false;
  #lookedAt = 0;
  #failures = 0;
  #timer = 0;
  #told = "";

  /**
   * `addresses`: {draft, operations}; `person`: whose browser this is; `tell()` is called as things change; `live`: the run
   * that is watched, and asked for along the way while no frames tell of it.
   */
  constructor({ id, person, addresses, store, tell, live = null }) {
    Object.assign(this, { addresses, store, tell, live });
    this.tab = newId();
    this.place = `workflow:${id}:${person}:`;
  }

  /** "saved", "saving", "unreachable" or "signedOut". */
  get state() {
    if (this.#told) return this.#told;
    return this.#queue.length || this.#isSending ? "saving" : "saved";
  }

  get count() {
    return this.#queue.length;
  }

  /** Takes the draft as the page brought it, and what was left in this browser. */
  begin({ version, structure, ...facts }) {
    this.#confirm(version, graphOf(structure));
    this.store.know(facts);
    this.#adopt();
    this.#lookedAt = Date.now();
    this.#show();
    this.#flush();
    setInterval(() => { if (!document.hidden) this.look(); }, this.live ? FOLLOWED : LOOK);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#leave() : this.look()));
    addEventListener("pagehide", () => this.#leave());
    addEventListener("online", () => this.#again());
  }

  /** Puts operations into the queue and sends it. */
  send(operations) {
    this.#queue.push(...operations.map((operation) => ({ ...operation, id: newId() })));
    this.#keep();
    this.tell();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), this.#failures ? this.#pause() : 0);
  }

  /** Resolves once the server has what there was to save by now; false where it could not. */
  async settled() {
    for (let n = 0; n < 100 && (this.#queue.length || this.#isSending); n += 1) {
      if (!this.#isSending) await this.#flush();
      else await new Promise((done) => setTimeout(done, 50));
      if (this.#told) return false;
    }
    return !this.#queue.length;
  }

  // ---- to the server -------------------------------------------------------------------------------------
  async #flush() {
    if (this.#isSending || !this.#queue.length) return;
    this.#isSending = true;
    this.tell();
    try {
      if (Date.now() - this.#lookedAt > AWAKE && !(await this.#look())) return this.#missed();
      const batch = this.#batch(SIZE);
      if (batch.length) await this.#post(batch);
    } finally {
      this.#isSending = false;
      this.tell();
    }
    if (this.#queue.length && !this.#told) this.#flush();
  }

  /** The next operations, as many as one request takes. */
  #batch(size) {
    let left = size;
    const found = this.#queue.slice(0, MOST).filter((operation) => (left -= JSON.stringify(operation).length) > 0);
    return found.length ? found : this.#queue.slice(0, 1);
  }

  async #post(batch) {
    const response = await this.#ask(this.addresses.operations, this.#request(batch));
    if (response?.status === 200 || response?.status === 409) {
      this.#failures = 0;
      this.#told = "";
      return this.#take(batch, await response.json());
    }
    if (response?.status === 422 || response?.status === 413) return this.#refuse(batch, response);
    this.#missed(response?.status);
  }

  #request(operations) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token(), Accept: "application/json" };
    return { method: "POST", headers, body: JSON.stringify({ base: this.version, tab: this.tab, operations }) };
  }

  #ask = (address, options) => fetch(address, { credentials: "same-origin", ...options }).catch(() => null);

  /** The answer: what is done is off the queue, what is not waits for the person. */
  #take(batch, { version, results, structure, faults }) {
    const told = new Map(results.map((result) => [result.id, result]));
    const done = batch.filter(({ id }) => told.get(id)?.state === "done");
    const left = batch.filter(({ id }) => ["conflict", "refused"].includes(told.get(id)?.state));
    for (const operation of left) this.refused.push({ ...told.get(operation.id), operation, node: this.#nodeOf(operation) });
    this.#queue = this.#queue.filter(({ id }) => !told.has(id));
    this.#confirm(version, structure ? graphOf(structure) : applied(this.confirmed, done));
    this.#keep();
    this.#show(faults ? { faults } : {});
  }

  /** A whole request was refused: alone, each operation finds out whether it was the one. */
  async #refuse(batch, response) {
    if (batch.length > 1) {
      for (const operation of batch) await this.#post([operation]);
      return;
    }
    const { error = "", code = "refused" } = await response.json().catch(() => ({}));
    this.refused.push({ operation: batch[0], state: "refused", code, sentence: error, node: this.#nodeOf(batch[0]) });
    this.#queue = this.#queue.filter(({ id }) => id !== batch[0].id);
    this.#keep();
    this.#show();
  }

  /** The node that an operation is about, with what it would make of it. */
  #nodeOf(operation) {
    const id = operation.node?.id ?? operation.node ?? operation.source;
    return applied(this.confirmed, [operation]).nodes.get(id) ?? this.store.graph.nodes.get(id) ?? operation.seen ?? null;
  }

  #missed(status = 0) {
    this.#failures += 1;
    this.#told = status === 401 || status === 403 || status === 404 ? "signedOut" : "unreachable";
    this.tell();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), this.#pause());
  }

  #pause = () => Math.min(LONGEST, 500 * 2 ** this.#failures);

  #again() {
    this.#failures = 0;
    this.look();
  }

  // ---- from the server -----------------------------------------------------------------------------------
  /** Asks what is new; then sends what waits. */
  async look() {
    if (this.#isSending) return;
    const isThere = await this.#look();
    if (isThere && this.#queue.length) this.#flush();
  }

  async #look() {
    const chosen = this.store.chosen?.id ?? "", query = new URLSearchParams({ base: this.version, tab: this.tab, node: chosen });
    const mark = this.live?.mark;
    if (this.live?.asked) query.set("run", this.live.asked);
    const response = await this.#ask(`${this.addresses.draft}?${query}`, { headers: { Accept: "application/json" } });
    if (!response?.ok) {
      if (this.#queue.length || response?.status === 401) this.#missed(response?.status);
      return false;
    }
    const { version, structure, faults, here, run } = await response.json();
    this.#lookedAt = Date.now();
    const wasAway = this.#told;
    this.#told = "";
    if (structure && version > this.version) this.#confirm(version, graphOf(structure));
    const facts = { ...(faults && { faults }), ...(run && this.live.taken(run, mark)), ...(isSame(here, this.store.people) ? {} : { people: here }) };
    if (structure || Object.keys(facts).length) this.#show(facts);
    if (wasAway) this.tell();
    return true;
  }

  #confirm(version, graph) {
    this.version = version;
    this.confirmed = graph;
  }

  #show(facts) {
    if (facts && Object.keys(facts).length) Object.assign(this.store, facts);
    this.store.show(applied(this.confirmed, this.#queue));
    this.tell();
  }

  // ---- what was refused ----------------------------------------------------------------------------------
  /** Lets an operation go that the server refused. */
  drop(refused) {
    this.refused = this.refused.filter((one) => one !== refused);
    this.#keep();
    this.tell();
  }

  /** Does it all the same, upon what is there now. */
  insist(refused) {
    const { operation, theirs, node } = refused;
    this.drop(refused);
    if (refused.code === "gone" && node) this.store.run([{ op: "add", node }]);
    else this.store.run([{ ...operation, was: theirs ?? undefined }]);
  }

  // ---- in this browser -----------------------------------------------------------------------------------
  /** Keeps what the server has not. A browser that keeps nothing goes without. */
  #keep() {
    try {
      if (!this.#queue.length && !this.refused.length) return localStorage.removeItem(this.place + this.tab);
      const queue = this.#queue.map((operation) => ({ ...operation, seen: this.#seen(operation) }));
      localStorage.setItem(this.place + this.tab, JSON.stringify({ queue, refused: this.refused }));
    } catch { /* full, or forbidden */ }
  }

  #seen = ({ op, node }) => (op === "set" ? this.store.graph.nodes.get(node) : undefined);

  /** Takes over what tabs that are gone have left. What a tab that still lives sends as well is done once. */
  #adopt() {
    const places = Object.keys(localStorage).filter((place) => place.startsWith(this.place));
    for (const place of places) {
      try {
        const { queue, refused } = JSON.parse(localStorage.getItem(place));
        this.#queue.push(...queue);
        this.refused.push(...refused);
      } catch { /* not ours */ }
    }
    this.#keep();
    for (const place of places) localStorage.removeItem(place);
  }

  /** The page closes or is put away: what fits goes along, the rest is kept here. */
  #leave() {
    const batch = this.#queue.length && !this.#isSending ? this.#batch(KEEPALIVE) : [];
    if (batch.length) this.#ask(this.addresses.operations, { ...this.#request(batch), keepalive: true });
  }
}
