/** Names and values to go on with in rpi.yml, from its schema. */
import type { Completion, Hover } from '../features.ts';
import { placeAt } from './place.ts';
import type { RpiYmlProject } from './project.ts';
import { settingAt, type Setting } from './schema-tree.ts';

export function completeRpiYml(text: string, offset: number, project: RpiYmlProject): Completion[] {
  const place = placeAt(text, offset);
  if (place === undefined) return [];
  if (place.value !== undefined && offset > place.nameRange.end) {
    return values([...place.parents, place.name], place.value, project);
  }
  const parent = settingAt(place.parents);
  if (parent === undefined) return [];
  const written = new Set(place.siblings);
  return [...parent.children]
    .filter(([name]) => !written.has(name))
    .map(([name, setting], index) => ({
      label: name,
      kind: 'option',
      ...(setting.standard === undefined ? {} : { detail: setting.standard }),
      documentation: markdownOf(name, setting),
      range: place.nameRange,
      text: place.value === undefined ? `${name}:${setting.kind === 'settings' ? '' : ' '}` : name,
      order: `${setting.required ? '0' : '1'}${String(index).padStart(3, '0')}`,
      ...(setting.choices.length > 0 ? { continues: true as const } : {}),
    }));
}

function values(
  path: readonly string[],
  range: { readonly start: number; readonly end: number },
  { files = [], groups }: RpiYmlProject,
): Completion[] {
  const setting = settingAt(path);
  const choices = (setting?.choices ?? []).map((choice, index): Completion => ({
    label: choice,
    kind: 'value',
    ...(setting?.standard === JSON.stringify(choice.replaceAll("'", '')) ||
    setting?.standard === choice
      ? { detail: 'the default' }
      : {}),
    range,
    text: choice,
    order: String(index).padStart(3, '0'),
  }));
  const name = path.at(-1) ?? '';
  const offered = (wanted: (file: string) => boolean): Completion[] =>
    files
      .filter(wanted)
      .map((file) => ({ label: file, kind: 'file', range, text: file, order: file }));
  if (path[0] === 'ansible' && path.length === 2 && name !== 'command') {
    return offered(
      (file) => /(?:^|\/)playbooks?\/[^/]+\.ya?ml$|^[^/]+\.ya?ml$/.test(file) && file !== 'rpi.yml',
    );
  }
  if (path.length === 1 && name === 'inventory') return offered((file) => /^inventor/.test(file));
  if (path[0] === 'create' && path.length === 2) {
    if (name === 'config' || name === 'post_install')
      return offered((file) => file.startsWith('create/'));
  }
  if (path[0] === 'groups' && name === 'group') {
    return [...(groups ?? [])]
      .filter((group) => group !== 'all' && group !== 'ungrouped')
      .map((group) => ({ label: group, kind: 'value', range, text: group, order: group }));
  }
  return choices;
}

/** What the setting at the offset means. */
export function hoverRpiYml(text: string, offset: number): Hover | undefined {
  const place = placeAt(text, offset);
  if (place === undefined || place.name === '' || place.value === undefined) return undefined;
  if (offset < place.nameRange.start || offset > place.nameRange.end) return undefined;
  const setting = settingAt([...place.parents, place.name]);
  if (setting === undefined) return undefined;
  return { range: place.nameRange, markdown: markdownOf(place.name, setting) };
}

function markdownOf(name: string, setting: Setting): string {
  return [
    setting.description ?? `**${name}**`,
    ...(setting.choices.length > 0 ? [`One of ${setting.choices.map(code).join(', ')}.`] : []),
    ...(setting.standard === undefined ? [] : [`Default: ${code(setting.standard)}`]),
    ...(setting.required ? ['Has to be there.'] : []),
  ].join('\n\n');
}

const code = (text: string): string => `\`${text}\``;
