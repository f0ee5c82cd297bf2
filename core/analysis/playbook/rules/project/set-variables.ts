/** Variables by their names, in vars, group_vars and host_vars: as in inventories. */
import { isTemplate, resolved, type YamlNode } from '../../../../formats/playbook/node.ts';
import type { Draft } from '../../../rule.ts';
import {
  clearSecretDraft,
  misspeltVariableDraft,
  oldVariableDraft,
  type SetVariable,
} from '../../../inventory/variable-drafts.ts';
import { placed, type PlaybookFacts } from '../../facts.ts';
import { tasksIn } from '../../tasks.ts';
import type { ProjectRuleOfPlaybooks } from './project.ts';

const ofEach = (
  code: string,
  draft: (variable: SetVariable) => Draft | undefined,
): ProjectRuleOfPlaybooks => ({
  code,
  *check(facts) {
    for (const variable of variablesOf(facts)) {
      const found = draft(variable);
      if (found !== undefined) yield found;
    }
  },
});

export const misspeltVariable = ofEach('misspelt-variable', misspeltVariableDraft);
export const oldVariable = ofEach('old-variable', oldVariableDraft);
export const clearSecret = ofEach('clear-secret', clearSecretDraft);

function* variablesOf(facts: PlaybookFacts): Generator<SetVariable> {
  if (facts.kind === 'vars') {
    for (const { of, start } of facts.roots) yield* inMap(of, start);
  }
  for (const play of facts.plays) {
    const vars = play.keywords.get('vars');
    if (vars !== undefined) yield* inMap(vars.of.value, vars.start);
  }
  for (const { item, start } of facts.items) {
    for (const { keywords } of tasksIn(item)) {
      const vars = keywords.get('vars');
      if (vars !== undefined) yield* inMap(vars.value, start);
    }
  }
}

function* inMap(node: YamlNode, start: number): Generator<SetVariable> {
  const map = resolved(node);
  if (map.kind !== 'map' || node.kind === 'alias') return;
  for (const { key, name, value } of map.entries) {
    const scalar = resolved(value);
    const text = scalar.kind === 'scalar' && !isTemplate(scalar.text) ? scalar.text : undefined;
    yield {
      name,
      nameRange: placed(key, start),
      text,
      valueRange: placed(value, start),
      isVault: scalar.kind === 'scalar' && scalar.tag !== undefined,
    };
  }
}
