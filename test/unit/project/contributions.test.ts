/**
 * What package.json promises the editor, held against what the code does: no dead command, no
 * orphan. The code is read as text, because only an editor can load it.
 */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { PiState } from '../../../core/fleet/fleet.ts';
import type { RunLife } from '../../../client/runs/nodes.ts';
import { ROOT } from '../../../scripts/bundles.ts';

const menuItem = z.object({
  command: z.string().optional(),
  submenu: z.string().optional(),
  when: z.string().optional(),
  group: z.string().optional(),
});
const setting = z.looseObject({
  type: z.string(),
  description: z.string().optional(),
  markdownDescription: z.string().optional(),
  scope: z.string().optional(),
});
const manifest = z
  .object({
    activationEvents: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
    }),
    contributes: z.object({
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.string(),
          icon: z.string().optional(),
          enablement: z.string().optional(),
        }),
      ),
      viewsContainers: z.object({
        activitybar: z.array(z.object({ id: z.string(), icon: z.string() })),
      }),
      views: z.record(
        z.string(),
        z.array(z.object({ id: z.string(), name: z.string(), icon: z.string() })),
      ),
      viewsWelcome: z.array(
        z.object({ view: z.string(), when: z.string().optional(), contents: z.string() }),
      ),
      menus: z.record(z.string(), z.array(menuItem)),
      taskDefinitions: z.array(
        z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()) }),
      ),
      configuration: z.object({ properties: z.record(z.string(), setting) }),
      snippets: z.array(z.object({ language: z.string(), path: z.string() })).default([]),
      walkthroughs: z
        .array(
          z.object({
            steps: z.array(
              z.object({
                id: z.string(),
                description: z.string(),
                completionEvents: z.array(z.string()).default([]),
                when: z.string().optional(),
                media: z.looseObject({
                  markdown: z.string().optional(),
                  image: z.unknown().optional(),
                }),
              }),
            ),
          }),
        )
        .default([]),
    }),
  })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const { contributes } = manifest;

const sources = await readSources();
const code = [...sources.values()].join('\n');

async function readSources(): Promise<Map<string, string>> {
  const folder = join(ROOT, 'client');
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts'));
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Everything that matches, each once. */
function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();
}

const commands = contributes.commands.map(({ command }) => command);
const views = Object.values(contributes.views).flat();
const settings = Object.keys(contributes.configuration.properties);
const items = Object.values(contributes.menus).flat();
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
const whens = [
  ...items.map(({ when }) => when),
  ...contributes.viewsWelcome.map(({ when }) => when),
  ...contributes.commands.map(({ enablement }) => enablement),
  ...steps.map(({ when }) => when),
].filter((when) => when !== undefined);
const linked = [
  ...contributes.viewsWelcome.map(({ contents }) => contents),
  ...steps.map(({ description }) => description),
].join('\n');

describe('commands', () => {
  const table = sources.get('commands.ts') ?? '';
  const entries = [
    ...table.matchAll(
      /'(rpi\.[\w.]+)': async \(\) =>\s*\(await import\('\.\/([\w/-]+\.ts)'\)\)\.(\w+)/g,
    ),
  ].map(([, id = '', file = '', name = '']) => ({ id, file, name }));

  test('each that is promised is in the table, and no other', () => {
    expect(entries.map(({ id }) => id).sort()).toEqual([...commands].sort());
    expect(all(table, /^ {2}'(rpi\.[\w.]+)':/gm)).toEqual([...commands].sort());
  });

  test.each(entries)('$id is what $file exports as $name', ({ file, name }) => {
    expect(sources.get(file)).toMatch(
      new RegExp(`export (?:const|async function|function) ${name}\\b`),
    );
  });

  test('each has a title of its own and the one category', () => {
    const titles = contributes.commands.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { command, title, category, icon } of contributes.commands) {
      expect(`${command} ${category}`).toBe(`${command} Raspberry Pi`);
      expect(title).toMatch(/^[A-Z]/);
      expect(icon ?? '$(x)').toMatch(/^\$\([a-z-]+\)$/);
    }
  });

  test('what starts a program needs a trusted folder', () => {
    // These only read, or take back.
    const harmless = [
      'rpi.copyAddress',
      'rpi.discovery.stop',
      'rpi.fault.open',
      'rpi.installerConfig.preview',
      'rpi.passwords.forget',
      'rpi.refresh',
      'rpi.run.openLog',
      'rpi.showDetails',
    ];
    const open = contributes.commands
      .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted') !== true)
      .map(({ command }) => command);
    expect(open.filter((command) => !harmless.includes(command))).toEqual([]);
  });

  test('nothing refers to one that is not there', () => {
    const used = [
      ...items.flatMap(({ command }) => command ?? []),
      ...all(linked, /\(command:(rpi\.[\w.]+)/g),
      ...all(code, /command: '(rpi\.[\w.]+)'/g),
      ...all(code, /executeCommand\(\s*'(rpi\.[\w.]+)'/g),
      ...steps.flatMap(({ completionEvents }) =>
        completionEvents.flatMap((event) => /^onCommand:(rpi\..+)/.exec(event)?.[1] ?? []),
      ),
    ];
    // The editor makes these of each view.
    const known = [...commands, ...views.map(({ id }) => `${id}.focus`)];
    expect(used.filter((command) => !known.includes(command))).toEqual([]);
  });
});

describe('views', () => {
  test('each is made by the code, and the code makes no other', () => {
    const made = all(code, /createTreeView(?:<[^>]+>)?\(\s*'([\w.]+)'/g);
    expect(made).toEqual(views.map(({ id }) => id).sort());
  });

  test('each says why it is empty, trusted or not', () => {
    for (const { id } of views) {
      const texts = contributes.viewsWelcome.filter(({ view }) => view === id);
      expect(texts.length).toBeGreaterThan(0);
      for (const { contents } of texts) expect(contents).toMatch(/[.\])]$/);
    }
    expect(contributes.viewsWelcome.map(({ view }) => view)).toEqual(
      contributes.viewsWelcome.map(({ view }) => views.find(({ id }) => id === view)?.id),
    );
  });

  test.each([
    ['no folder is open', { workspaceFolderCount: 0 }],
    ['the folder is no project', { workspaceFolderCount: 1 }],
    ['the project has nothing yet', { workspaceFolderCount: 1, 'rpi.hasProject': true }],
  ])('where %s, each that is empty says one thing and offers what is possible', (_, keys) => {
    for (const isWorkspaceTrusted of [true, false]) {
      const known = new Map(Object.entries({ ...keys, 'rpi.loaded': true, isWorkspaceTrusted }));
      for (const { id } of views) {
        // The parts of a project are never none.
        if (id === 'rpi.project' && known.has('rpi.hasProject')) continue;
        const shown = contributes.viewsWelcome.filter(
          ({ view, when }) => view === id && holds(when ?? '', known),
        );
        expect([id, isWorkspaceTrusted, shown.length]).toEqual([id, isWorkspaceTrusted, 1]);
        const offered = shown.flatMap(({ contents }) => all(contents, /\(command:([\w.]+)\)/g));
        expect(offered).not.toEqual([]);
        if (!isWorkspaceTrusted) {
          expect(offered.filter((command) => commands.includes(command))).toEqual([]);
        }
      }
    }
  });

  test('menus ask for nodes that there are, and reach every kind that commands know', () => {
    const kinds = nodeKinds();
    const wanted = whens.flatMap((when) => [
      ...[...when.matchAll(/viewItem == ([\w:-]+)/g)].map(
        ([, word = '']) => new RegExp(`^${word}$`),
      ),
      ...[...when.matchAll(/viewItem =~ \/((?:\\\/|[^/])+)\//g)].map(
        ([, word = '']) => new RegExp(word),
      ),
    ]);
    expect(wanted.length).toBeGreaterThan(10);
    for (const pattern of wanted) {
      expect(`${String(pattern)}: ${kinds.filter((kind) => pattern.test(kind)).join(' ')}`).toMatch(
        /: .+/,
      );
    }
    const mute = kinds.filter((kind) => !wanted.some((pattern) => pattern.test(kind)));
    // Nothing is done with these but to look at them.
    expect(mute.sort()).toEqual([
      'file',
      'folder',
      'run-host',
      'run-note',
      'run-rounds',
      'run-step',
    ]);
  });

  test('in every menu of a Pi what destroys stands last', () => {
    const last = items
      .filter(({ command }) => command === 'rpi.reinstall' || command === 'rpi.reboot')
      .map(({ group }) => group ?? '');
    expect(last.length).toBeGreaterThan(1);
    for (const group of last) expect(group).toMatch(/^9_destructive@/);
  });
});

/** Whether a when-clause of the few forms that the welcomes have is true. */
function holds(when: string, keys: ReadonlyMap<string, unknown>): boolean {
  return when.split(' && ').every((term) => {
    const [, not, key = '', operator, value] = /^(!?)([\w.]+)(?: (==|!=) (\w+))?$/.exec(term) ?? [];
    if (key === '') throw new Error(`not understood: ${term}`);
    if (operator === undefined) return (keys.get(key) === true) === (not === '');
    return (String(keys.get(key)) === value) === (operator === '==');
  });
}

/** Every contextValue that the views give to nodes. */
function nodeKinds(): string[] {
  const states: Record<PiState, true> = {
    unknown: true,
    reachable: true,
    locked: true,
    'needs-key': true,
    failing: true,
    installing: true,
  };
  const lives: Record<RunLife, true> = {
    live: true,
    asking: true,
    finished: true,
    interrupted: true,
  };
  const parts = /readonly kind: ((?:'[\w-]+'(?: \| )?)+);/.exec(
    sources.get('project-view/nodes.ts')?.split('PartNode = ')[1] ?? '',
  );
  return [
    ...all(code, /contextValue = '([^']+)'/g),
    ...Object.keys(states).map((state) => `pi:${state}`),
    ...Object.keys(lives).map((life) => `run:${life}`),
    ...all(parts?.[1] ?? '', /'([\w-]+)'/g),
  ];
}

test('every context key of a when-clause is set somewhere', () => {
  const used = new Set(
    whens.flatMap((when) => all(when.replaceAll(/view == [\w.]+/g, ''), /(rpi\.\w+)/g)),
  );
  expect(used.size).toBeGreaterThan(3);
  for (const key of used) expect(code).toContain(`'${key}'`);
  const completed = steps.flatMap(({ completionEvents }) =>
    completionEvents.flatMap((event) => /^onContext:(?:!)?(.+)/.exec(event)?.[1] ?? []),
  );
  for (const context of completed) {
    for (const key of all(context, /(rpi\.\w+)/g)) expect(code).toContain(`'${key}'`);
  }
});

test('each step of the walkthrough is done when what it is about is there, however it came', () => {
  for (const { completionEvents } of steps) {
    expect(completionEvents).toEqual([expect.stringMatching(/^onContext:rpi\.\w+Done$/)]);
  }
});

describe('settings', () => {
  test('each is described, and asked for by the code', () => {
    for (const [name, { description, markdownDescription }] of Object.entries(
      contributes.configuration.properties,
    )) {
      expect(description ?? markdownDescription).toMatch(/\.$/);
      expect(code).toContain(`'${name.replace(/^rpi\./, '')}'`);
    }
  });

  test('the code asks for no other', () => {
    const asked = all(code, /\.get<[\w ]+>\(\s*'([\w.]+)'/g).map((name) => `rpi.${name}`);
    expect(asked.filter((name) => !settings.includes(name))).toEqual([]);
    const affected = all(code, /affectsConfiguration\('([\w.]+)'/g);
    expect(affected.filter((name) => !settings.some((known) => known.startsWith(name)))).toEqual(
      [],
    );
  });

  test('what names a program is not taken from an untrusted folder', () => {
    const paths = settings.filter((name) => name.endsWith('.path'));
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(paths.filter((name) => !restrictedConfigurations.includes(name))).toEqual([]);
    expect(restrictedConfigurations.filter((name) => !settings.includes(name))).toEqual([]);
  });
});

test('the task type is the one that the code provides', () => {
  const provided = all(code, /registerTaskProvider\(\s*'(\w+)'/g);
  expect(contributes.taskDefinitions.map(({ type }) => type)).toEqual(provided);
});

test('the extension is never activated by every YAML file', () => {
  expect(manifest.activationEvents).toContain('workspaceContains:**/rpi.yml');
  const general = ['*', 'onStartupFinished', 'onLanguage:yaml', 'onLanguage'];
  expect(manifest.activationEvents.filter((event) => general.includes(event))).toEqual([]);
});

test('every file that is named is there, and goes into the package', () => {
  const media = steps.map((step) => step.media.markdown).filter((path) => path !== undefined);
  const named = [
    ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
    ...views.map(({ icon }) => icon),
    ...contributes.snippets.map(({ path }) => path),
    ...media,
  ].map((path) => path.replace(/^\.\//, ''));
  const packed = readFileSync(join(ROOT, '.vscodeignore'), 'utf8').split('\n');
  for (const path of new Set(named)) {
    expect(() => readFileSync(join(ROOT, path))).not.toThrow();
    expect(packed).toContain(`!${path.split('/')[0] ?? ''}/**`);
  }
});
