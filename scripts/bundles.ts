/** What is bundled from what: the build's one table, which the boundary test reads too. */
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

export const ROOT = join(import.meta.dirname, '..');

/** Bundled CommonJS packages use what an ES module does not have. */
const COMMON_JS = [
  "import { createRequire as rpiCreateRequire } from 'node:module';",
  'const require = rpiCreateRequire(import.meta.url);',
  'const { dirname: __dirname, filename: __filename } = import.meta;',
].join(' ');

const shared = {
  absWorkingDir: ROOT,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  banner: { js: COMMON_JS },
  // ssh2's optional native addons: it works without them, and they fit one Node only.
  external: ['vscode', '*.node', 'cpu-features'],
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * What the protocol’s packages require of Node and seldom use is loaded when it is used: `crypto`
 * is 3 MB of memory, and all of it a part of the time until the server answers.
 */
const requiredLate: Plugin = {
  name: 'required-late',
  setup: (build) => {
    const namespace = 'required-late';
    build.onResolve({ filter: /^(?:child_process|crypto|net)$/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path: `node:${path}`, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('${path}')[name] });`,
    }));
  },
};

/**
 * An `import` of Node’s http reads all that it exports, and so loads what its WebSocket is made of:
 * 13 MB of memory and 20 ms, which `require` leaves where it is.
 */
const httpByRequire: Plugin = {
  name: 'http-by-require',
  setup: (build) => {
    const namespace = 'http-by-require';
    build.onResolve({ filter: /^node:https?$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/** HTTP through an ssh connection, which nothing here speaks; it would load http, https and tls. */
const sshWithoutHttp: Plugin = {
  name: 'ssh-without-http',
  setup: (build) => {
    build.onLoad({ filter: /[/\\]ssh2[/\\]lib[/\\]http-agents\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** The page runs in a browser, as strict as a browser is. */
const page = {
  ...shared,
  platform: 'browser',
  target: 'es2023',
  banner: {},
  external: [],
} as const satisfies BuildOptions;

/**
 * Each bundle by its name in dist/. `rpi` is split, so that each subcommand loads only its own; the
 * extension, so that activating it loads next to nothing; the server, so that it answers before it
 * has read the rules of a language.
 */
export const BUNDLES: Readonly<Record<'rpi' | 'extension' | 'server' | 'monitor', BuildOptions>> = {
  rpi: {
    ...shared,
    entryPoints: { rpi: 'cli/rpi.ts' },
    plugins: [httpByRequire, sshWithoutHttp],
    splitting: true,
    chunkNames: 'rpi-[name]-[hash]',
  },
  extension: {
    ...shared,
    entryPoints: { extension: 'client/extension.ts' },
    plugins: [httpByRequire, sshWithoutHttp],
    splitting: true,
    chunkNames: 'extension-[name]-[hash]',
  },
  server: {
    ...shared,
    entryPoints: { server: 'server/server.ts' },
    plugins: [requiredLate, httpByRequire],
    splitting: true,
    chunkNames: 'server-[name]-[hash]',
  },
  monitor: {
    ...page,
    entryPoints: { monitor: 'webview/monitor/main.ts' },
  },
};
