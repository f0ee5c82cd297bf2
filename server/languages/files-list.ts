import {
  analyseFilesList,
  type AnalysedFilesList,
} from '../../core/analysis/files-list/language.ts';
import type { FilesListProject } from '../../core/analysis/files-list/items.ts';
import { filesListLinks } from '../../core/analysis/files-list/links.ts';
import { INSTALLER_CONFIG_DOCS } from '../../core/analysis/installer-config/rules.ts';
import { languageService } from '../language.ts';

export const filesList = languageService<AnalysedFilesList, FilesListProject>({
  docs: INSTALLER_CONFIG_DOCS,
  nothingKnown: {},
  lookAround: async (path, workspace) => {
    const { surroundingsOf } = await import('../../core/lint/surroundings.ts');
    return surroundingsOf(path, await workspace.projectOf(path), workspace.openText);
  },
  analyse: analyseFilesList,
  features: {
    links: ({ facts }, project, path) => filesListLinks(facts, project, path),
  },
});
