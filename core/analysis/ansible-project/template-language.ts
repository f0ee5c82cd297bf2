/** Template files (`*.j2`) as a language of the analysis engine. */
import { basename, dirname, join } from 'node:path';
import { readHeader } from '../../formats/jinja/delimiters.ts';
import { isBesideFaults } from '../../formats/jinja/beside-faults.ts';
import { parseTemplate } from '../../formats/jinja/parse.ts';
import type { References } from '../../formats/jinja/reference-types.ts';
import { referencesOf } from '../../formats/jinja/references.ts';
import type { Template } from '../../formats/jinja/tree.ts';
import { nearest } from '../../inventory/nearest.ts';
import { analyse, type Analysed } from '../analyse.ts';
import type { Item, Language } from '../document.ts';
import type { Severity } from '../finding.ts';
import type { Knowledge } from '../playbook/knowledge.ts';
import { unknownHostsInTemplate } from '../playbook/rules/project/unknown-host.ts';
import type { Draft, OnRuleError, ProjectRule, RuleInfo } from '../rule.ts';
import { wholeText } from '../whole-text.ts';
import { isKnownVariable } from './known-variables.ts';
import { missingExtensions } from './extension-tags.ts';
import type { PluginKind } from './plugin-exports.ts';
import type { AnsibleProject } from './project.ts';
import { reachOfTemplate } from './reach.ts';
import { candidates, found } from './search-paths.ts';
import { unknownNames } from './template-names.ts';

export type TemplateFacts = Item & {
  readonly path: string;
  readonly tree: Template;
  readonly references: References;
};

export type TemplateProject = {
  readonly knowledge: Knowledge;
  /** Undefined while the index is being built, and for a document of no project. */
  readonly ansible: AnsibleProject | undefined;
};

type TemplateRule = ProjectRule<TemplateFacts, TemplateProject>;

const syntax: TemplateRule = {
  code: 'jinja-syntax',
  *check({ tree, references }, { ansible }) {
    for (const { start, end, kind, message, correction } of tree.faults) {
      // Extensions of a project bring tags of their own.
      if (kind === 'unknown-tag' && ansible?.cfg.hasJinjaExtensions === true) continue;
      yield {
        start,
        end,
        message,
        fixes:
          correction === undefined
            ? []
            : [
                {
                  title: correction.newText === '' ? 'Remove it' : `Write ${correction.newText}`,
                  edits: [
                    { start: correction.start, end: correction.end, text: correction.newText },
                  ],
                  preferred: true,
                },
              ],
      };
    }
    for (const { tag, message } of missingExtensions(references, ansible)) {
      yield { start: tag.start, end: tag.end, message };
    }
  },
};

const unknown = (code: string, kind: PluginKind): TemplateRule => ({
  code,
  *check({ text, tree, references }, { knowledge, ansible }) {
    for (const { name, message, fixes } of unknownNames(
      kind,
      references,
      knowledge.facts,
      ansible,
    )) {
      if (isBesideFaults(text, tree.faults, name)) yield renaming(name, message, fixes);
    }
  },
});

const undefinedVariable: TemplateRule = {
  code: 'undefined-variable',
  *check({ path, tree, references }, { ansible }) {
    if (ansible === undefined || tree.faults.length > 0) return;
    const reach = reachOfTemplate(ansible, path);
    if (!reach.isReached || reach.mayDefineMore) return;
    for (const read of references.reads) {
      const { name } = read;
      // The loop of a task that writes it gives “item”.
      if (read.guarded || read.local !== undefined || name === 'item' || isKnownVariable(name))
        continue;
      if (reach.variables.has(name)) continue;
      const near = nearest(name, [...reach.variables]);
      const asked = near.length === 0 ? '.' : `: did you mean ${near.join(' or ')}?`;
      yield renaming(read, `Nothing defines ${name}${asked}`, near);
    }
  },
};

const unknownHost: TemplateRule = {
  code: 'unknown-host',
  *check({ text, tree, references }, { ansible }) {
    if (ansible === undefined) return;
    for (const draft of unknownHostsInTemplate({ text, references }, ansible)) {
      if (isBesideFaults(text, tree.faults, draft)) yield draft;
    }
  },
};

/** What it includes, imports or extends. */
const missingTemplate: TemplateRule = {
  code: 'missing-template',
  *check({ path, text, references }, { ansible }) {
    if (ansible === undefined || /\bignore\s+missing\b/.test(text)) return;
    for (const { start, end, name } of references.templates) {
      const places = [
        join(dirname(path), name),
        ...candidates(ansible, path, { kind: 'template', path: name }),
      ];
      if (found(ansible, places)?.paths.length !== 0) continue;
      const beside = [...ansible.templates.keys()]
        .filter((other) => dirname(other) === dirname(path))
        .map((other) => basename(other));
      const near = nearest(name, beside);
      const asked = near.length === 0 ? '.' : `: did you mean ${near.join(' or ')}?`;
      yield { start, end, message: `There is no template ${name}${asked}` };
    }
  },
};

function renaming(
  { start, end }: { readonly start: number; readonly end: number },
  message: string,
  names: readonly string[],
): Draft {
  return {
    start,
    end,
    message,
    fixes: names.map((name) => ({
      title: `Write ${name} instead`,
      edits: [{ start, end, text: name }],
      ...(names.length === 1 ? { preferred: true } : {}),
    })),
  };
}

const RULES: readonly (RuleInfo & { readonly rule: TemplateRule })[] = (
  [
    [syntax, 'error', 'Templates: syntax'],
    [unknown('unknown-filter', 'filter'), 'error', 'Unknown filters'],
    [unknown('unknown-test', 'test'), 'error', 'Unknown tests'],
    [unknown('unknown-lookup', 'lookup'), 'error', 'Unknown lookups'],
    [missingTemplate, 'error', 'A template that is missing'],
    [unknownHost, 'warning', 'A host that no inventory has'],
    [undefinedVariable, 'warning', 'A variable that nothing defines'],
  ] satisfies readonly (readonly [TemplateRule, Severity, string])[]
).map(([rule, severity, title]) => ({ code: rule.code, severity, title, rule }));

/** The codes are those of playbooks: docs/playbook-rules.md explains them. */
export const TEMPLATE_RULES: readonly RuleInfo[] = RULES;

export type AnalysedTemplate = Analysed<Item, string, TemplateFacts, TemplateFacts>;

export const templateLanguage: Language<
  Item,
  string,
  TemplateFacts,
  TemplateFacts,
  TemplateProject
> = {
  split: wholeText((text) => ({ text })),
  context: (_text, path) => path,
  itemFacts: ({ text }, path) => readTemplate(text, path),
  merge: ([part], text, path) => part?.facts ?? readTemplate(text, path),
  itemRules: [],
  projectRules: RULES.map(({ rule }) => rule),
  infos: new Map(RULES.map((info) => [info.code, info])),
};

/** All findings in the text of a template file. `previous`: see analyse. */
export function analyseTemplate(
  document: { readonly path: string; readonly text: string },
  project: TemplateProject,
  previous: AnalysedTemplate | undefined,
  onRuleError: OnRuleError,
): AnalysedTemplate {
  return analyse({ ...document, language: templateLanguage }, project, previous, onRuleError);
}

function readTemplate(text: string, path: string): TemplateFacts {
  const tree = parseTemplate(text, readHeader(text));
  return { text, path, tree, references: referencesOf(tree) };
}
