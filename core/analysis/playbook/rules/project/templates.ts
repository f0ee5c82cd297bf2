/** Jinja2 in strings: syntax, filters and tests, braces where there should be none. */
import { isBesideFaults } from '../../../../formats/jinja/beside-faults.ts';
import type { SyntaxFault } from '../../../../formats/jinja/tree.ts';
import type { Draft } from '../../../rule.ts';
import { placed } from '../../facts.ts';
import { missingExtensions } from '../../../ansible-project/extension-tags.ts';
import { unknownNames } from '../../../ansible-project/template-names.ts';
import {
  draftIn,
  templatesOf,
  type FoundTemplate,
  type ProjectRuleOfPlaybooks,
} from './project.ts';

export const jinjaSyntax: ProjectRuleOfPlaybooks = {
  code: 'jinja-syntax',
  *check(facts, { ansible }) {
    for (const found of templatesOf(facts)) {
      for (const fault of found.use.faults) {
        // Extensions of a project bring tags of their own.
        if (fault.kind === 'unknown-tag' && ansible?.cfg.hasJinjaExtensions === true) continue;
        const fixes = correctionOf(fault, found);
        yield draftIn(found, fault, { message: fault.message, fixes });
      }
      for (const { tag, message } of missingExtensions(found.use.references, ansible)) {
        yield draftIn(found, tag, { message });
      }
    }
  },
};

function correctionOf(
  { correction }: SyntaxFault,
  { use, start }: FoundTemplate,
): NonNullable<Draft['fixes']> {
  if (correction === undefined) return [];
  const { newText } = correction;
  return [
    {
      title: newText === '' ? 'Remove it' : `Write ${newText}`,
      edits: [{ ...placed(use.rangeOf(correction), start), text: newText }],
      preferred: true,
    },
  ];
}

export const bracesInCondition: ProjectRuleOfPlaybooks = {
  code: 'braces-in-condition',
  *check(facts) {
    for (const found of templatesOf(facts)) {
      const { use, start } = found;
      if (use.place !== 'condition' || !use.hasBraces || use.faults.length > 0) continue;
      const range = placed(use.scalar, start);
      const inner = /^\s*\{\{-?\s*((?:(?!\{\{|\}\})[^])*?)\s*-?\}\}\s*$/.exec(use.text)?.[1];
      const canFix = inner !== undefined && !inner.includes('\n') && inner !== '';
      yield {
        ...range,
        message: 'A condition is an expression already: no braces around it, nor within it.',
        fixes: canFix
          ? [
              {
                title: 'Remove the braces',
                edits: [{ ...range, text: plain(inner, use.scalar.style) }],
                preferred: true,
              },
            ]
          : [],
      };
    }
  },
};

/** As a YAML scalar in the same quotes, or in none. */
function plain(expression: string, style: string): string {
  if (style === 'double') return `"${expression.replace(/[\\"]/g, String.raw`\$&`)}"`;
  if (style === 'single') return `'${expression.replaceAll("'", "''")}'`;
  return expression;
}

const unknown = (code: string, kind: 'filter' | 'test' | 'lookup'): ProjectRuleOfPlaybooks => ({
  code,
  *check(facts, { knowledge, ansible }) {
    for (const found of templatesOf(facts)) {
      const { text, faults } = found.use;
      for (const { name, fixes, message } of unknownNames(
        kind,
        found.use.references,
        knowledge.facts,
        ansible,
      )) {
        if (!isBesideFaults(text, faults, name)) continue;
        const { start, end } = draftIn(found, name, { message });
        yield {
          start,
          end,
          message,
          fixes: fixes.map((text) => ({
            title: `Write ${text}`,
            edits: [{ start, end, text }],
            ...(fixes.length === 1 ? { preferred: true } : {}),
          })),
        };
      }
    }
  },
});

export const unknownFilter = unknown('unknown-filter', 'filter');
export const unknownTest = unknown('unknown-test', 'test');
export const unknownLookup = unknown('unknown-lookup', 'lookup');
