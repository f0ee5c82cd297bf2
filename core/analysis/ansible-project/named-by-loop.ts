/** The paths that a loop can mean. */
import type { Task } from '../../formats/playbook/model.ts';
import { childOf, listOf, resolved, textOf, type YamlNode } from '../../formats/playbook/node.ts';

/** What `{{ item }}` can be: the words of the loop; what a search for the first file looks for. */
export function namedByLoop({ keywords }: Task, path: string): readonly string[] | undefined {
  if (/^\{\{[^}]*first_found/.test(path)) {
    const vars = resolved(keywords.get('vars')?.value ?? EMPTY);
    const searches = vars.kind === 'map' ? vars.entries.map(({ value }) => value) : [];
    const files = searches.flatMap((search) => filesOfSearch([search]) ?? []);
    return files.length === 0 ? undefined : files;
  }
  const variable = textOf(childOf(keywords.get('loop_control')?.value, 'loop_var')) ?? 'item';
  if (path.replace(/[\s{}]/g, '') !== variable) return undefined;
  const first = keywords.get('with_first_found')?.value;
  if (first !== undefined) return filesOfSearch(listOf(first));
  const loop = (keywords.get('loop') ?? keywords.get('with_items'))?.value;
  return loop === undefined ? undefined : wordsOf(listOf(loop));
}

const EMPTY: YamlNode = { kind: 'scalar', start: 0, end: 0, style: 'plain', text: '', value: null };

/** Paths, or mappings with `files` and `paths`. */
function filesOfSearch(terms: readonly YamlNode[]): readonly string[] | undefined {
  const found: string[] = [];
  for (const term of terms) {
    if (resolved(term).kind !== 'map') {
      const words = wordsOf([term]);
      if (words === undefined) return undefined;
      found.push(...words);
      continue;
    }
    const files = wordsOf(listOf(childOf(term, 'files')));
    const paths = wordsOf(listOf(childOf(term, 'paths')));
    if (files === undefined || paths === undefined) return undefined;
    for (const path of paths.length === 0 ? [''] : paths) {
      found.push(
        ...files.map((file) => (path === '' ? file : `${path.replace(/\/$/, '')}/${file}`)),
      );
    }
  }
  return found;
}

/** The words of a list; undefined where a template makes all of one. */
function wordsOf(nodes: readonly YamlNode[]): string[] | undefined {
  const words = nodes.map((node) => textOf(node));
  return words.every((word) => word !== undefined && !/^\s*\{\{[^}]*\}\}\s*$/.test(word))
    ? words.flatMap((word) => word ?? [])
    : undefined;
}
