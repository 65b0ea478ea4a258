// For maintainers: fetches what the browser needs from outside, builds it and writes vendor.lock.json.
//   node static/vendor/build.mjs
// Node is needed here only. The results are committed; servers and browsers never run this file.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const BOOTSTRAP = "5.3.9";
const SASS = "1.108.2";
const here = dirname(fileURLToPath(import.meta.url));

// Rules for parts that we do not use, or that the oldest browser we support (Chromium 78) would drop whole.
const UNWANTED = /:focus-visible|data-bs-theme|form-floating|btn-check|form-control-color|dropdown|plaintext|-moz-focusring|file-selector|alert-dismissible|:host/;

function install(folder) {
  const wanted = [`bootstrap@${BOOTSTRAP}`, `sass@${SASS}`];
  execFileSync("npm", ["install", "--silent", "--no-save", "--ignore-scripts", "--prefix", folder, ...wanted]);
}

/** Removes comments and unwanted selectors, and adds the prefixed property that old kernels know. */
function lowerToFloor(css) {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selectors, body) => {
      const kept = selectors.split(/,(?![^(]*\))/).filter((selector) => !UNWANTED.test(selector));
      return kept.length ? `${kept.join(",")}{${body}}` : "";
    })
    .replace(/([{;])appearance:none/g, "$1-webkit-appearance:none;appearance:none")
    .replace(/^\uFEFF?@charset "UTF-8";/, "");
}

async function buildBootstrap(modules) {
  const sass = await import(pathToFileURL(join(modules, "sass/sass.node.mjs")));
  const { css } = sass.compile(join(here, "bootstrap/portal.scss"), {
    style: "compressed",
    loadPaths: [join(modules, "bootstrap/scss")],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  const banner = `/*! Parts of Bootstrap ${BOOTSTRAP}, MIT licence, see LICENSE. Built by static/vendor/build.mjs. */\n`;
  writeFileSync(join(here, "bootstrap/bootstrap.css"), `${banner}${lowerToFloor(css)}\n`);
  cpSync(join(modules, "bootstrap/LICENSE"), join(here, "bootstrap/LICENSE"));
}

function digest(name) {
  return createHash("sha256").update(readFileSync(join(here, name))).digest("hex");
}

function writeLock() {
  const files = ["bootstrap/bootstrap.css", "bootstrap/LICENSE"];
  const lock = {
    bootstrap: {
      version: BOOTSTRAP,
      licence: "MIT",
      built_with: { sass: SASS, licence: "MIT" },
      sha256: Object.fromEntries(files.map((name) => [name, digest(name)])),
    },
  };
  writeFileSync(join(here, "vendor.lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
}

const workshop = mkdtempSync(join(tmpdir(), "vendor-"));
try {
  install(workshop);
  await buildBootstrap(join(workshop, "node_modules"));
  writeLock();
} finally {
  rmSync(workshop, { recursive: true });
}
