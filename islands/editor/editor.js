/*
 * The editor of documents: CodeMirror in the shadow root of an element, where its styles are adopted and need nothing of
 * the page's policy. `make islands` makes static/vendor/codemirror/editor.js of it. Offsets are UTF-16 units, as in all
 * of the browser; the server gets whole texts.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { deleteMarkupBackward, insertNewlineContinueMarkup, markdownLanguage } from "@codemirror/lang-markdown";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorSelection, EditorState, Transaction } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const MARKS = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700", color: "var(--ink)" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.monospace, fontFamily: "var(--mono)", fontSize: ".94em", fontVariantLigatures: "none" },
  { tag: [tags.link, tags.url], color: "var(--nila)" },
  { tag: tags.quote, color: "var(--quiet)" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.meta, tags.labelName], color: "var(--quiet)", fontWeight: "400" },
]);

const LOOKS = {
  "&": { height: "100%", color: "var(--ink)", fontSize: "var(--t-3)" },
  "&.cm-focused": { outline: "none" }, // its frame in the page has it
  ".cm-scroller": { fontFamily: "var(--sans)", lineHeight: "1.7", overflow: "auto", scrollbarWidth: "thin", scrollbarColor: "var(--line) transparent" },
  ".cm-content": { padding: ".4375rem 0", caretColor: "var(--nila)", wordSpacing: ".08em" },
  ".cm-line": { padding: "0 .75rem" },
  ".cm-gutters": { background: "transparent", color: "var(--quiet)", border: "0", paddingInlineStart: ".25rem" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": { background: "color-mix(in oklab, var(--tint) 55%, transparent)" },
  ".cm-line::selection, .cm-line ::selection": { background: "color-mix(in oklab, var(--nila) 24%, transparent)" },
  ".cm-selectionMatch": { background: "color-mix(in oklab, var(--sogan) 22%, transparent)" },
  ".cm-searchMatch": { background: "color-mix(in oklab, var(--sogan) 32%, transparent)", borderRadius: "2px" },
  ".cm-searchMatch-selected": { background: "color-mix(in oklab, var(--nila) 36%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--tint-strong)", color: "inherit" },
  ".cm-panels": { background: "var(--rail)", color: "var(--ink)", fontFamily: "var(--sans)", zIndex: "1" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: ".5rem 2.5rem .5rem .75rem", fontSize: "var(--t-1)" },
  ".cm-panel.cm-search label": { fontSize: "var(--t-1)", whiteSpace: "nowrap" },
  ".cm-textfield": { border: "1px solid var(--edge)", borderRadius: "var(--r-1)", background: "var(--raised)", color: "inherit", font: "inherit", padding: ".25rem .5rem" },
  ".cm-button": { border: "1px solid var(--line)", borderRadius: "var(--r-1)", background: "var(--raised)", color: "inherit", font: "inherit", padding: ".25rem .625rem", cursor: "pointer" },
  ".cm-button:active": { background: "var(--tint)" },
  ".cm-panel.cm-search [name=close]": { color: "inherit", font: "inherit", fontSize: "1.25rem", width: "2rem", height: "2rem", cursor: "pointer" },
  ":is(.cm-textfield, .cm-button, [name=close]):focus-visible": { outline: "2px solid var(--nila)", outlineOffset: "1px" },
};
const CODE_LOOKS = {
  "&": { fontSize: "var(--t-2)" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontVariantLigatures: "none", lineHeight: "1.65" },
  ".cm-content": { wordSpacing: "normal" },
};

function forText() {
  const markup = [{ key: "Enter", run: insertNewlineContinueMarkup }, { key: "Backspace", run: deleteMarkupBackward }];
  return [markdownLanguage.extension, syntaxHighlighting(MARKS), keymap.of(markup), EditorView.lineWrapping];
}

/** Tab indents in code; after Escape it leaves the field, as everywhere in CodeMirror. */
function forCode() {
  const plain = [lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), bracketMatching(), EditorView.theme(CODE_LOOKS)];
  return [...plain, EditorState.tabSize.of(4), indentUnit.of("    "), keymap.of([indentWithTab])];
}

/**
 * Puts an editor into the shadow root of `host`.
 * Takes `text`; `selection`, [anchor, head]; `kind`, "text" or "code"; `label`, what it is called; `words`, the phrases of
 * its search by their English ones; `onChange()`, called after each change, whoever made it.
 * Gives {text, length, isComposing, selection, select(from, to), apply(edits), insert(words), focus()}; edits are [{from, to, insert}], none over another,
 * and no step of its history.
 */
export function mount(host, { text, selection = [0, 0], kind, label, words = {}, onChange }) {
  const isText = kind === "text";
  const attributes = { "aria-label": label, spellcheck: String(isText), autocorrect: isText ? "on" : "off", autocapitalize: isText ? "sentences" : "off" };
  const extensions = [
    isText ? forText() : forCode(),
    history(), search(), highlightSelectionMatches(), EditorView.theme(LOOKS), EditorState.phrases.of(words),
    keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter")]),
    EditorView.contentAttributes.of(attributes),
    EditorView.updateListener.of((update) => { if (update.docChanged) onChange(); }),
  ];
  const root = host.attachShadow({ mode: "open" });
  const [anchor, head] = selection.map((offset) => Math.min(offset, text.length));
  const state = EditorState.create({ doc: text, selection: EditorSelection.single(anchor, head), extensions });
  const view = new EditorView({ state, root, parent: root });
  return {
    get text() { return view.state.doc.toString(); },
    get length() { return view.state.doc.length; },
    get isComposing() { return view.composing || view.compositionStarted; },
    get selection() { return [view.state.selection.main.from, view.state.selection.main.to]; },
    select: (anchor, head) => view.dispatch({ selection: { anchor, head }, scrollIntoView: true }),
    apply: (edits) => view.dispatch({ changes: edits, annotations: Transaction.addToHistory.of(false) }),
    insert: (words) => view.dispatch(view.state.replaceSelection(words), { scrollIntoView: true, userEvent: "input" }),
    focus: () => view.focus(),
  };
}
