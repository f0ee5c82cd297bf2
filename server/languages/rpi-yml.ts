/** rpi.yml. */
import { completeRpiYml, hoverRpiYml } from '../../core/analysis/rpi-yml/complete.ts';
import { analyseRpiYml, type AnalysedRpiYml } from '../../core/analysis/rpi-yml/language.ts';
import type { RpiYmlProject } from '../../core/analysis/rpi-yml/project.ts';
import { RPI_YML_DOCS } from '../../core/analysis/rpi-yml/rules.ts';
import { rpiYmlProject } from '../../core/lint/ansible-folder.ts';
import { languageService } from '../language.ts';

export const rpiYml = languageService<AnalysedRpiYml, RpiYmlProject>({
  docs: RPI_YML_DOCS,
  nothingKnown: {},
  lookAround: async (path, { ansible }) => {
    const folder = await ansible.folderOf(path);
    return folder === undefined ? {} : rpiYmlProject(folder);
  },
  analyse: analyseRpiYml,
  features: {
    complete: ({ text }, offset, project) => completeRpiYml(text, offset, project),
    hover: ({ text }, offset) => hoverRpiYml(text, offset),
  },
});
