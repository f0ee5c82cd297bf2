/** Playbooks, files of tasks, handlers and variables. */
import type { WordsOf } from '../../core/ansible/docs/module-docs.ts';
import { analyseAnsible } from '../../core/analysis/ansible-project/language.ts';
import { withLint } from '../../core/analysis/ansible-lint/merge.ts';
import type { LintedText } from '../../core/analysis/ansible-lint/result.ts';
import type { Finding } from '../../core/analysis/finding.ts';
import { complete, describe } from '../../core/analysis/playbook/features/complete.ts';
import { folds } from '../../core/analysis/playbook/features/folds.ts';
import { hints } from '../../core/analysis/playbook/features/hints.ts';
import { hover } from '../../core/analysis/playbook/features/hover.ts';
import { lenses } from '../../core/analysis/playbook/features/lenses.ts';
import { links } from '../../core/analysis/playbook/features/links.ts';
import { namedAt } from '../../core/analysis/playbook/features/names.ts';
import { outline } from '../../core/analysis/playbook/features/outline.ts';
import { selections } from '../../core/analysis/playbook/features/selections.ts';
import { tokens } from '../../core/analysis/playbook/features/tokens.ts';
import type { AnalysedPlaybook } from '../../core/analysis/playbook/language.ts';
import { PLAYBOOK_DOCS } from '../../core/analysis/playbook/rules.ts';
import type { AnsiblePlaybookProject } from '../../core/analysis/playbook/rules/project/project.ts';
import { modulesUsedIn } from '../../core/analysis/playbook/tasks.ts';
import { ansibleRootOf } from '../../core/lint/ansible-kind.ts';
import { playbookProject, withoutFolder } from '../../core/lint/ansible-folder.ts';
import { languageService } from '../language.ts';
import { namedInProject } from './named-in-project.ts';

/** `playbook` is absent for YAML that is none of Ansible’s. */
type Analysed = {
  readonly findings: readonly Finding[];
  readonly playbook?: AnalysedPlaybook;
};
/** `project` is absent until it was looked for. */
type Surroundings = {
  readonly project?: AnsiblePlaybookProject;
  readonly leavesModules: boolean;
  readonly wordsOf?: WordsOf;
  readonly linted?: LintedText | undefined;
};

export const ansible = languageService<Analysed, Surroundings>({
  docs: PLAYBOOK_DOCS,
  nothingKnown: { leavesModules: false },
  lookAround: async (path, workspace, { languageId }) => {
    const { ansible: folders, leavesModules } = workspace;
    const folder = await folders.folderOf(path);
    const project =
      folder === undefined
        ? await withoutFolder()
        : playbookProject(folder, languageId === 'ansible');
    const { installed, lint } = workspace;
    return {
      project,
      leavesModules: leavesModules(),
      linted: lint.lintedOf(path),
      ...(folder === undefined ? {} : { wordsOf: installed.wordsOf(folder.root) }),
    };
  },
  analyse: (document, { project, linted }, previous, onRuleError) => {
    if (project === undefined) return { findings: [] };
    const playbook = analyseAnsible(document, project, previous?.playbook, onRuleError);
    if (playbook === undefined) return { findings: [] };
    const { findings, facts } = playbook;
    return {
      findings: linted === undefined ? findings : withLint(findings, facts, linted),
      playbook,
    };
  },
  share: ({ playbook }, { ansible: folders, installed, lint }) => {
    if (playbook === undefined) return;
    lint.isAnsible(playbook.facts.path);
    folders.edited(playbook.facts);
    const root = ansibleRootOf(playbook.facts.path);
    if (root !== undefined) installed.met(root, modulesUsedIn(playbook.facts));
  },
  features: {
    complete: ({ playbook }, offset, around) =>
      playbook === undefined
        ? []
        : complete(playbook.facts, offset, {
            ansible: around.project?.ansible,
            leavesModules: around.leavesModules,
          }),
    describe: (described, { project, wordsOf }) =>
      project === undefined ? undefined : describe(described, project.knowledge, wordsOf),
    hover: ({ playbook }, offset, around) =>
      playbook === undefined
        ? undefined
        : hover(playbook.facts, offset, {
            ansible: around.project?.ansible,
            leavesModules: around.leavesModules,
            wordsOf: around.wordsOf,
          }),
    outline: ({ playbook }) => (playbook === undefined ? [] : outline(playbook.facts)),
    folds: ({ playbook }) => (playbook === undefined ? [] : folds(playbook.facts)),
    tokens: ({ playbook }) => (playbook === undefined ? [] : tokens(playbook.facts)),
    hints: ({ playbook }, { project }) =>
      playbook === undefined ? [] : hints(playbook.facts, project?.ansible),
    lenses: ({ playbook }) => (playbook === undefined ? [] : lenses(playbook.facts)),
    links: ({ playbook }, { project }) =>
      playbook === undefined || project?.ansible === undefined
        ? []
        : links(playbook.facts, project.ansible),
    selections: ({ playbook }, offset) =>
      playbook === undefined ? [] : selections(playbook.facts, offset),
    named: ({ playbook }, offset) =>
      playbook === undefined ? undefined : namedAt(playbook.facts, offset),
    ...namedInProject(({ project }: Surroundings) => project?.ansible),
  },
});
