/* Makes the canvas of workflows and its layout, and writes down of what: node build.mjs <folder>. The same sources give the same bytes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const [folder] = process.argv.slice(2);
await build({
  entryPoints: { editor: "editor.jsx", layout: "layout.js", style: "style.css" }, outdir: folder, entryNames: "[name]", bundle: true,
  format: "esm", minify: true, target: "es2022", charset: "utf8", jsx: "automatic", define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none", logLevel: "warning",
});

const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const sources = readdirSync(".").filter((name) => /\.(jsx?|mjs|css|json)$/.test(name)).sort();
const made = ["editor.js", "layout.js", "style.css"];
const lines = [...sources.map((name) => `${digest(name)}  source/${name}`), ...made.map((name) => `${digest(join(folder, name))}  ${name}`)];
writeFileSync(join(folder, "MANIFEST"), `${lines.join("\n")}\n`);
