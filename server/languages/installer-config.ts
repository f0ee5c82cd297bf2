import { complete } from '../../core/analysis/installer-config/complete.ts';
import { folds } from '../../core/analysis/installer-config/folding.ts';
import { hints } from '../../core/analysis/installer-config/hints.ts';
import { hover } from '../../core/analysis/installer-config/hover.ts';
import {
  analyseInstallerConfig,
  type AnalysedInstallerConfig,
} from '../../core/analysis/installer-config/language.ts';
import { links } from '../../core/analysis/installer-config/links.ts';
import { installerLenses, preview } from '../../core/analysis/installer-config/preview.ts';
import type { InstallerProject } from '../../core/analysis/installer-config/project.ts';
import { INSTALLER_CONFIG_DOCS } from '../../core/analysis/installer-config/rules.ts';
import { outline } from '../../core/analysis/installer-config/symbols.ts';
import { tokens } from '../../core/analysis/installer-config/tokens.ts';
import { formatEdits } from '../../core/formats/installer-config/format.ts';
import { languageService } from '../language.ts';

export const installerConfig = languageService<AnalysedInstallerConfig, InstallerProject>({
  docs: INSTALLER_CONFIG_DOCS,
  nothingKnown: {},
  lookAround: async (path, workspace) => {
    const { surroundingsOf } = await import('../../core/lint/surroundings.ts');
    return surroundingsOf(path, await workspace.projectOf(path), workspace.openText);
  },
  analyse: analyseInstallerConfig,
  features: {
    complete: ({ facts }, offset, project) => complete(facts, offset, project),
    hover: ({ facts }, offset) => hover(facts, offset),
    outline: ({ facts }) => outline(facts),
    folds: ({ facts }) => folds(facts),
    tokens: ({ facts }) => tokens(facts),
    hints: ({ facts }) => hints(facts),
    lenses: ({ facts }) => installerLenses(facts),
    links: ({ facts }, project, path) => links(facts, project, path),
    format: formatEdits,
    preview: ({ facts }, path) => preview(facts, path),
  },
});
