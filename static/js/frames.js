/* Sandboxed frames: what is foreign is drawn there. The page sends the source and gets a height, a picture, or words of why not. */

export class Frame {
  #waiting = new Map(); #count = 0; #ready;

  /** Takes the kind ("html", "svg", "mermaid") and what the frame is called; it stands nowhere yet. */
  constructor(kind, label) {
    this.element = document.createElement("iframe");
    Object.assign(this.element, { src: `/frame/${kind}/`, title: label, className: "frame" });
    this.element.setAttribute("sandbox", "allow-scripts");
    this.#ready = new Promise((resolve) => {
      window.addEventListener("message", ({ source, data }) => {
        if (source !== this.element.contentWindow) return;
        if (data?.isReady) resolve();
        this.#waiting.get(data?.id)?.(data);
        this.#waiting.delete(data?.id);
      });
    });
  }

  /** Draws a source in the place of what was there. Resolves with {height, svg}; throws an Error with the renderer's words. */
  async draw(source) {
    await this.#ready;
    const id = (this.#count += 1);
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.element.contentWindow.postMessage({ id, source, isDark: isDark() }, "*"); // it has no origin that could be named
    const { error, height, svg } = await answer;
    if (error !== undefined) throw new Error(error);
    this.element.style.height = `${Math.min(Math.max(height, 96), 1200)}px`;
    return { height, svg };
  }
}

function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}
