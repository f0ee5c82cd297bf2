/** installer-config.txt as a language of the analysis engine. */
import { dialectOf, type Dialect } from '../../data/installer-dialects.ts';
import { detectDialect } from '../../formats/installer-config/dialect.ts';
import { splitCommandLines } from '../../formats/installer-config/parse.ts';
import { moveStatement } from '../../formats/installer-config/relocate.ts';
import type { CommandLine, Statement } from '../../formats/installer-config/statement.ts';
import { analyse, type Analysed } from '../analyse.ts';
import type { Language } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import { factsOf, type InstallerFacts } from './facts.ts';
import type { InstallerProject } from './project.ts';
import { FILE_RULES, INSTALLER_CONFIG_RULES, LINE_RULES } from './rules.ts';

export type AnalysedInstallerConfig = Analysed<
  CommandLine,
  Dialect,
  readonly Statement[],
  InstallerFacts
>;

export const installerConfigLanguage: Language<
  CommandLine,
  Dialect,
  readonly Statement[],
  InstallerFacts,
  InstallerProject
> = {
  split: splitCommandLines,
  context: (text, path, { dialect }) => dialectOf(detectDialect(text, path, dialect)),
  itemFacts: ({ statements }) => statements,
  merge: (parts, text, dialect) =>
    factsOf(
      parts.flatMap(({ facts, start }) => facts.map((each) => moveStatement(each, start))),
      text,
      dialect,
    ),
  // The line that ends the reading is itself worth a word.
  reach: ({ end }) => end?.statement.range.end ?? Infinity,
  itemRules: LINE_RULES,
  projectRules: FILE_RULES,
  infos: new Map(INSTALLER_CONFIG_RULES.map((info) => [info.code, info])),
};

/** All findings in the text of an installer-config.txt. `previous`: see analyse. */
export function analyseInstallerConfig(
  document: { readonly path: string; readonly text: string },
  project: InstallerProject,
  previous: AnalysedInstallerConfig | undefined,
  onRuleError: OnRuleError,
): AnalysedInstallerConfig {
  return analyse(
    { ...document, language: installerConfigLanguage },
    project,
    previous,
    onRuleError,
  );
}
