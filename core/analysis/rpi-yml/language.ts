/** rpi.yml as a language of the analysis engine. */
import { analyse, type Analysed } from '../analyse.ts';
import type { Language } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import { wholeText } from '../whole-text.ts';
import { checkRpiYml, type CheckedRpiYml } from './checked.ts';
import type { RpiYmlProject } from './project.ts';
import { RPI_YML_RULES } from './rules.ts';

export type AnalysedRpiYml = Analysed<CheckedRpiYml, string, CheckedRpiYml, CheckedRpiYml>;

export const rpiYmlLanguage: Language<
  CheckedRpiYml,
  string,
  CheckedRpiYml,
  CheckedRpiYml,
  RpiYmlProject
> = {
  split: wholeText(checkRpiYml),
  context: () => '',
  itemFacts: (item) => item,
  merge: ([part], text) => part?.facts ?? checkRpiYml(text),
  itemRules: [],
  projectRules: RPI_YML_RULES.map(({ rule }) => rule),
  infos: new Map(RPI_YML_RULES.map((info) => [info.code, info])),
};

/** All findings in the text of an rpi.yml. `previous`: see analyse. */
export function analyseRpiYml(
  document: { readonly path: string; readonly text: string },
  project: RpiYmlProject,
  previous: AnalysedRpiYml | undefined,
  onRuleError: OnRuleError,
): AnalysedRpiYml {
  return analyse({ ...document, language: rpiYmlLanguage }, project, previous, onRuleError);
}
