/* Makes one module of the editor and what it stands on: node build.mjs <source> <target>. The same sources give the same bytes. */
import { build } from "esbuild";

const [source, target] = process.argv.slice(2);
await build({
  entryPoints: [source], outfile: target, bundle: true, format: "esm", minify: true, target: "es2022", charset: "utf8",
  legalComments: "none", logLevel: "warning",
});
