/** rpi.yml. */
import type { AnsibleProject } from '../../core/analysis/ansible-project/project.ts';
import { completeRpiYml, hoverRpiYml } from '../../core/analysis/rpi-yml/complete.ts';
import {
  namedInRpiYmlAt,
  rpiYmlLinks,
  rpiYmlOutline,
} from '../../core/analysis/rpi-yml/features.ts';
import { analyseRpiYml, type AnalysedRpiYml } from '../../core/analysis/rpi-yml/language.ts';
import type { RpiYmlProject } from '../../core/analysis/rpi-yml/project.ts';
import { RPI_YML_DOCS } from '../../core/analysis/rpi-yml/rules.ts';
import { yamlFolds, yamlSelections } from '../../core/analysis/yaml-ranges.ts';
import { rpiYmlProject } from '../../core/lint/ansible-folder.ts';
import { languageService } from '../language.ts';
import { namedInProject } from './named-in-project.ts';

type Surroundings = RpiYmlProject & { readonly ansible?: AnsibleProject | undefined };

export const rpiYml = languageService<AnalysedRpiYml, Surroundings>({
  docs: RPI_YML_DOCS,
  nothingKnown: {},
  lookAround: async (path, { ansible }) => {
    const folder = await ansible.folderOf(path);
    return folder === undefined
      ? {}
      : { ...rpiYmlProject(folder), ansible: folder.index.current() };
  },
  analyse: analyseRpiYml,
  features: {
    complete: ({ text }, offset, project) => completeRpiYml(text, offset, project),
    hover: ({ text }, offset) => hoverRpiYml(text, offset),
    links: ({ facts }, project) => rpiYmlLinks(facts, project),
    folds: ({ text }) => yamlFolds(text),
    selections: ({ text }, offset) => yamlSelections(text, offset),
    outline: ({ facts }) => rpiYmlOutline(facts),
    named: ({ facts }, offset) => namedInRpiYmlAt(facts, offset),
    ...namedInProject(({ ansible }: Surroundings) => ansible),
  },
});
