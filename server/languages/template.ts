/** Templates of Jinja2 (`*.j2`). */
import {
  analyseTemplate,
  type AnalysedTemplate,
  type TemplateProject,
} from '../../core/analysis/ansible-project/template-language.ts';
import type { Finding } from '../../core/analysis/finding.ts';
import { namedInTemplateAt } from '../../core/analysis/playbook/features/template-names.ts';
import {
  templateFolds,
  templateLinks,
  templateOutline,
  templateSelections,
  templateTokens,
} from '../../core/analysis/playbook/features/template-outline.ts';
import {
  completeTemplate,
  hoverTemplate,
} from '../../core/analysis/playbook/features/template-features.ts';
import { PLAYBOOK_DOCS } from '../../core/analysis/playbook/rules.ts';
import { templateProject, withoutFolder } from '../../core/lint/ansible-folder.ts';
import { languageService } from '../language.ts';
import { namedInProject } from './named-in-project.ts';

type Analysed = { readonly findings: readonly Finding[]; readonly template?: AnalysedTemplate };
type Surroundings = { readonly project?: TemplateProject };

export const template = languageService<Analysed, Surroundings>({
  docs: PLAYBOOK_DOCS,
  nothingKnown: {},
  lookAround: async (path, { ansible }) => {
    const folder = await ansible.folderOf(path);
    return folder === undefined
      ? { project: await withoutFolder() }
      : { project: templateProject(folder) };
  },
  analyse: (document, { project }, previous, onRuleError) => {
    if (project === undefined) return { findings: [] };
    const template = analyseTemplate(document, project, previous?.template, onRuleError);
    return { findings: template.findings, template };
  },
  features: {
    complete: ({ template }, offset, { project }, path) =>
      template === undefined || project === undefined
        ? []
        : completeTemplate(template.text, offset, project, path),
    hover: ({ template }, offset, { project }, path) =>
      template === undefined || project === undefined
        ? undefined
        : hoverTemplate(template.facts, offset, project, path),
    named: ({ template }, offset) =>
      template === undefined ? undefined : namedInTemplateAt(template.facts, offset),
    ...namedInProject(({ project }: Surroundings) => project?.ansible),
    links: ({ template }, { project }) =>
      template === undefined || project?.ansible === undefined
        ? []
        : templateLinks(template.facts, project.ansible),
    folds: ({ template }) => (template === undefined ? [] : templateFolds(template.facts)),
    outline: ({ template }) => (template === undefined ? [] : templateOutline(template.facts)),
    selections: ({ template }, offset) =>
      template === undefined ? [] : templateSelections(template.facts, offset),
    tokens: ({ template }) => (template === undefined ? [] : templateTokens(template.facts)),
  },
});
