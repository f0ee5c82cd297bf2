/** What a rule for rpi.yml looks at. */
import type { ProjectRule } from '../rule.ts';
import type { CheckedRpiYml } from './checked.ts';
import type { RpiYmlProject } from './project.ts';

export type RpiYmlRule = ProjectRule<CheckedRpiYml, RpiYmlProject>;
