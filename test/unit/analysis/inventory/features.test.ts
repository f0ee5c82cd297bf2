/** What the editor is told of inventories besides findings. “¦” is the place that is asked about. */
import { expect, it } from 'vitest';
import {
  completeInventory,
  inventoryFolds,
  inventorySelections,
} from '../../../../core/analysis/inventory/features.ts';
import { readInventoryText } from '../../../../core/analysis/inventory/facts.ts';
import {
  inventorySymbols,
  projectSymbols,
} from '../../../../core/analysis/playbook/features/project-symbols.ts';
import { filesInMemory, indexOf, pathsOf } from '../ansible-project/project.ts';

const YAML = `all:
  children:
    sensors:
      hosts:
        pi1:
          ansible_host: 10.0.0.1
        pi2:
    displays:
`;
const paths = pathsOf({ 'inventory/hosts.yml': YAML });
const ansible = await (await indexOf(filesInMemory(paths))).build();

function labels(marked: string, path: string): string[] {
  const facts = readInventoryText(marked.replace('¦', ''), path);
  return completeInventory(facts, marked.indexOf('¦'), ansible)
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ label }) => label);
}

it('is completed by what stands at the place, YAML', () => {
  const at = (text: string): string[] => labels(text, '/project/inventory/more.yml');
  expect(at('all:\n  hosts:\n    pi1:\n      ansible_ho¦\n')[0]).toBe('ansible_become');
  expect(at('all:\n  hosts:\n    ¦\n')).toEqual(['pi1', 'pi2']);
  expect(at('all:\n  children:\n    ¦\n')).toEqual(['displays', 'sensors']);
  expect(at('all:\n  hosts:\n  ¦\n')).toEqual(['children', 'vars']);
  expect(at('all:\n  vars:\n    ¦\n')).toContain('ansible_user');
});

it('is completed by what stands at the place, INI', () => {
  const at = (text: string): string[] => labels(text, '/project/inventory/more.ini');
  expect(at('[sensors]\npi1 ansible_¦\n')).toContain('ansible_host');
  expect(at('[sensors]\np¦\n')).toEqual(['pi1', 'pi2']);
  expect(at('[both:children]\n¦\n')).toEqual(['displays', 'sensors']);
  expect(at('[sensors:vars]\n¦\n')).toContain('ansible_user');
  expect(at('[sensors]\npi1 ansible_host=¦\n')).toEqual([]);
});

it('is folded and selected in', () => {
  const yaml = readInventoryText(YAML, '/a.yml');
  const folds = inventoryFolds(yaml).map(({ start }) => YAML.slice(start, start + 8).trim());
  expect(folds).toContain('sensors:');
  const chosen = inventorySelections(yaml, YAML.indexOf('10.0')).map(({ start, end }) =>
    YAML.slice(start, end),
  );
  expect(chosen[0]).toBe('10.0.0.1');
  expect(chosen[1]).toBe('ansible_host: 10.0.0.1');
  const ini = readInventoryText('[a]\nx\ny\n\n[b]\nz\n', '/a.ini');
  expect(inventoryFolds(ini)).toEqual([
    { start: 0, end: 7, kind: 'region' },
    { start: 9, end: 14, kind: 'region' },
  ]);
  expect(inventorySelections(ini, 4)).toEqual([
    { start: 4, end: 5 },
    { start: 0, end: 7 },
    { start: 0, end: 15 },
  ]);
});

it('has its groups and hosts among the symbols of the project', async () => {
  const read = (path: string): Promise<string | undefined> => Promise.resolve(paths.get(path));
  const found = await inventorySymbols(ansible, 'pi', read);
  expect(found.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['host pi1', 'host pi2']);
  const groups = await inventorySymbols(ansible, 'sen', read);
  expect(groups.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['group sensors']);
  expect(projectSymbols(ansible, 'pi')).toEqual([]);
});
