/** Tags of Jinja2's own extensions, which Ansible loads only where ansible.cfg says so. */
import type { References } from '../../formats/jinja/reference-types.ts';
import type { Identifier } from '../../formats/jinja/tree.ts';
import type { AnsibleProject } from './project.ts';

/** Seen with ansible-core 2.14 and 2.19: “Encountered unknown tag 'do'”. */
export function* missingExtensions(
  { extensionTags }: References,
  project: AnsibleProject | undefined,
): Generator<{ readonly tag: Identifier; readonly message: string }> {
  if (project === undefined || project.cfg.hasJinjaExtensions) return;
  for (const tag of extensionTags) {
    const extension = tag.name === 'do' ? 'jinja2.ext.do' : 'jinja2.ext.loopcontrols';
    const message = `Ansible knows {% ${tag.name} %} only with “jinja2_extensions = ${extension}” in ansible.cfg.`;
    yield { tag, message };
  }
}
