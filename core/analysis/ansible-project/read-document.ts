/** What the index keeps of the text of a file. */
import { basename } from 'node:path';
import { readHeader } from '../../formats/jinja/delimiters.ts';
import { parseTemplate } from '../../formats/jinja/parse.ts';
import { referencesOf } from '../../formats/jinja/references.ts';
import { kindOf, type PlaybookPlace } from '../../formats/playbook/document-kind.ts';
import { childOf, listOf, resolved, textOf } from '../../formats/playbook/node.ts';
import { splitPlaybook } from '../../formats/playbook/split.ts';
import { parseYamlNodes } from '../../formats/playbook/yaml-nodes.ts';
import { factsOf, type PlaybookFacts } from '../playbook/facts.ts';
import type { Knowledge } from '../playbook/knowledge.ts';
import { extract } from './extract.ts';
import type { IndexedDocument, IndexedTemplate } from './project.ts';

/** The same for the index, which also keeps what says nothing by itself: encrypted files. */
export function documentKind(
  path: string,
  text: string,
  place: PlaybookPlace,
): IndexedDocument['kind'] | undefined {
  if (/\/meta\/argument_specs\.ya?ml$/.test(path) || isVault(text)) return 'vars';
  return ansibleKindOf(path, text, place);
}

/** Which of Ansible’s documents a text is; undefined for none of them. */
export function ansibleKindOf(
  path: string,
  text: string,
  place: PlaybookPlace,
): IndexedDocument['kind'] | undefined {
  // Ansible reads these by any of its extensions, and without one.
  if (/\/(?:group_vars|host_vars)\/(?:[^/]+\/)*[^/.]+(?:\.json)?$/.test(path)) {
    return isVault(text) ? undefined : 'vars';
  }
  return kindOf(path, text, place);
}

const isVault = (text: string): boolean => text.startsWith('$ANSIBLE_VAULT');

/** A document as rules see it, without its findings. */
export function readDocument(
  path: string,
  text: string,
  kind: IndexedDocument['kind'],
  knowledge: Knowledge,
): PlaybookFacts {
  const items = splitPlaybook(text, kind, []);
  const parts = items.map(({ item, start }) => ({ facts: item, start }));
  return factsOf(parts, text, { kind, path, knowledge });
}

export function indexDocument(
  path: string,
  text: string,
  kind: IndexedDocument['kind'],
  role: string | undefined,
  knowledge: Knowledge,
): IndexedDocument {
  return indexFacts(readDocument(path, text, kind, knowledge), role);
}

export function indexFacts(facts: PlaybookFacts, role: string | undefined): IndexedDocument {
  const { path, kind } = facts;
  return { path, kind, extract: extract(facts), role };
}

export function indexTemplate(
  path: string,
  text: string,
  role: string | undefined,
): IndexedTemplate {
  const { bindings, templates } = referencesOf(parseTemplate(text, readHeader(text)));
  const binds = [...new Set(bindings.map(({ name }) => name))];
  return { path, role, binds, includes: templates.length > 0 };
}

/** Roles and collections of a requirements.yml; also names by which galaxy makes the folder. */
export function requiredIn(text: string): string[] {
  const root = parseYamlNodes(text).roots[0];
  if (root === undefined) return [];
  const lists =
    resolved(root).kind === 'sequence'
      ? [root]
      : [childOf(root, 'roles'), childOf(root, 'collections')];
  return lists.flatMap((list) =>
    listOf(list).flatMap((item) => {
      const names = [textOf(item), textOf(childOf(item, 'name')), textOf(childOf(item, 'src'))];
      return names.flatMap((name) =>
        name === undefined ? [] : [name, basename(name).replace(/\.git$|\.tar\.gz$/, '')],
      );
    }),
  );
}
