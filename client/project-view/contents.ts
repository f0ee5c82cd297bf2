/** What the Project view reads; loaded when somebody looks at it. */
import { join } from 'node:path';
import type { ProjectPart } from '../../core/project/contents.ts';

export { listFolder, projectContents } from '../../core/project/contents.ts';

/** Where rpi.yml is wrong, nothing else of the project is known. */
export function brokenContents(root: string): ProjectPart[] {
  return [
    {
      part: 'config',
      label: 'rpi.yml',
      path: join(root, 'rpi.yml'),
      kind: 'file',
      exists: true,
      purpose: 'is wrong: the Fleet view says where',
      missing: [],
      children: [],
    },
  ];
}
