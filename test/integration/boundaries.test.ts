/** What may know what, held against the compiler and the bundler. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { BUNDLES, ROOT } from '../../scripts/bundles.ts';
import { temporaryFolder } from '../temporary.ts';

async function inputsOf(name: keyof typeof BUNDLES): Promise<string[]> {
  const { metafile } = await build({ ...BUNDLES[name], write: false });
  return Object.keys((metafile as Metafile).inputs); // the table asks for a metafile
}

/** What is read when the chunk of an entry point is loaded, without what it loads later. */
function staticInputs({ outputs }: Metafile, entryPoint: string): string[] {
  const [entry] = Object.entries(outputs).find(([, each]) => each.entryPoint === entryPoint) ?? [];
  const chunks = new Set<string>(entry === undefined ? [] : [entry]);
  for (const chunk of chunks) {
    for (const { path, kind } of outputs[chunk]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[path] !== undefined) chunks.add(path);
    }
  }
  return [...chunks].flatMap((chunk) => Object.keys(outputs[chunk]?.inputs ?? {}));
}

describe('bundles', () => {
  test('the language server has no ssh', async () => {
    const inputs = await inputsOf('server');
    expect(inputs.some((path) => path.includes('node_modules/ssh2/'))).toBe(false);
    expect(inputs.some((path) => path.startsWith('core/ssh/'))).toBe(false);
  });

  test('the language server starts, and reads playbooks, without the library of schemas', async () => {
    const { metafile } = await build({ ...BUNDLES.server, write: false });
    const loaded = (entry: string): string[] => staticInputs(metafile as Metafile, entry);
    expect(loaded('server/server.ts').filter((path) => /\/(?:zod|yaml)\//.test(path))).toEqual([]);
    for (const name of ['ansible', 'inventory', 'template', 'installer-config', 'post-install']) {
      const inputs = loaded(`server/languages/${name}.ts`);
      expect(inputs.length, name).toBeGreaterThan(10);
      expect(inputs.filter((path) => path.includes('/zod/')).slice(0, 3), name).toEqual([]);
    }
  });

  test('rpi has no language server and no editor', async () => {
    const inputs = await inputsOf('rpi');
    expect(inputs.filter((path) => /node_modules\/vscode-/.test(path))).toEqual([]);
    expect(inputs.filter((path) => /^(client|server|webview|lab|test)\//.test(path))).toEqual([]);
  });

  test('the extension has no lab, no tests and no scripts', async () => {
    const inputs = await inputsOf('extension');
    expect(inputs.filter((path) => /^(lab|test|scripts|cli)\//.test(path))).toEqual([]);
  });
});

test('core can’t import the editor: the compiler refuses', async () => {
  const config = ts.readConfigFile(join(ROOT, 'core/tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(ROOT, 'core'));
  const file = join(await temporaryFolder(), 'probe.ts');
  await writeFile(file, "import * as vscode from 'vscode';\nexport const x = vscode.version;\n");
  const program = ts.createProgram([file], { ...options, composite: false, noEmit: true });
  const faults = program.getSemanticDiagnostics(program.getSourceFile(file));
  expect(faults.map(({ code }) => code)).toContain(2307); // cannot find module
});

test('nothing that makes or installs a system imports itself by a detour, types neither', async () => {
  const imports = new Map<string, string[]>();
  for (const folder of ['core/create', 'core/install']) {
    for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
      const file = join(folder, name);
      if (!file.endsWith('.ts')) continue;
      const { importedFiles } = ts.preProcessFile(await readFile(join(ROOT, file), 'utf8'));
      const own = importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
      imports.set(
        file,
        own.map(({ fileName }) => join(dirname(file), fileName)),
      );
    }
  }
  expect(imports.size).toBeGreaterThan(50);
  const isReached = (from: string): boolean => {
    const seen = new Set(imports.get(from));
    for (const file of seen) for (const next of imports.get(file) ?? []) seen.add(next);
    return seen.has(from);
  };
  expect([...imports.keys()].filter(isReached)).toEqual([]);
});
