/* A run is watched where its workflow is drawn. Its frames go into the store as they come; where another process carries the
   run, none come, and the looks at the draft ask for it. */
import { follow } from "./follow.js";

const GATHERED = 50; // ms in which steps gather, so that the canvas is drawn once for many

/** What a step is to the canvas: its status, and the handles by which it went on. */
const told = ({ status, handle }) => ({ status, taken: status === "done" || handle ? [handle || null] : [] });

export class Live {
  #store;
  #isHere = false;
  #isDue = true; // whether a look should ask, whoever carries the run
  #isOver = false;
  #frames = 0;
  #steps = new Map(); // what frames have told, and the store does not know yet

  constructor(run, store) {
    this.run = run;
    this.#store = store;
    const receive = (frame) => this.#receive(frame), alone = () => { this.#isHere = false; };
    follow(`workflow:${run}`, { after: () => ({}), receive, poll: alone, gone: alone }); // the looks find out who was signed out
  }

  /** The run that the next look should ask for; "" while frames tell of it, and once it is over. */
  get asked() {
    return this.#isOver || (this.#isHere && !this.#isDue) ? "" : this.run;
  }

  /** How far frames have told by now. */
  get mark() {
    return this.#frames;
  }

  /** What a look has brought that began at `mark`, as facts for the store. What frames have told since then is newer. */
  taken({ status, isOver, steps }, mark) {
    if (mark !== this.#frames) return {};
    this.#isDue = false;
    this.#isOver = isOver;
    this.#steps.clear();
    return { runStatus: status, steps: new Map(Object.entries(steps).map(([node, step]) => [node, told(step)])) };
  }

  #receive(frame) {
    this.#frames += 1;
    if (frame.kind === "standing") this.#stand(frame);
    else if (frame.kind === "step") this.#step(frame);
    else if (frame.kind === "run") this.#end(frame);
  }

  #stand({ isHere }) {
    this.#isHere = isHere;
    this.#isDue = true;
  }

  #step(frame) {
    this.#isHere = true;
    if (!this.#steps.size) setTimeout(() => this.#flush(), GATHERED);
    this.#steps.set(frame.node_id, told(frame));
  }

  #flush() {
    if (!this.#steps.size) return;
    this.#store.know({ steps: new Map([...this.#store.steps, ...this.#steps]), runStatus: "running" });
    this.#steps.clear();
  }

  /** It has ended, or waits: whoever goes on with it, the looks find out. */
  #end({ status }) {
    this.#flush();
    this.#isHere = false;
    this.#isDue = true;
    this.#store.know({ runStatus: status });
  }
}
