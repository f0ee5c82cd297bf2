import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TEMPLATE_RULES } from '../../../../core/analysis/ansible-project/template-language.ts';
import { PLAYBOOK_DOCS } from '../../../../core/analysis/playbook/rules.ts';
import { PROJECT_RULES } from '../../../../core/analysis/playbook/rules/project/table.ts';
import { resource } from '../../../../core/resources.ts';
import { filesInMemory, findingsOf, indexOf, pathsOf, ROOT } from './project.ts';

const page = readFileSync(resource(PLAYBOOK_DOCS), 'utf8');

const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const blocks = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
        (match) => match[1] ?? '',
      );
      return [section.slice(0, section.indexOf('\n')), blocks] as const;
    }),
);

/** What stands around the examples. */
const AROUND = {
  'inventory/hosts.yml': 'sensors:\n  hosts:\n    kitchen:\n    attic:\n',
  'playbooks/site.yml': '- hosts: all\n  roles: [web]\n',
  'roles/web/tasks/main.yml': '- ansible.builtin.ping:\n',
  'tasks/install.yml': '- ansible.builtin.ping:\n',
  'vars/main.yml': 'app: web\n',
  'templates/site.conf.j2': 'x\n',
  'files/motd.txt': 'x\n',
};

async function codesIn(text: string): Promise<string[]> {
  const paths = pathsOf({ ...AROUND, 'play.yml': text });
  const ansible = await (await indexOf(filesInMemory(paths))).build();
  return findingsOf(ansible, `${ROOT}/play.yml`, text).map(({ code }) => code);
}

describe('the page that every finding in a project refers to', () => {
  const codes = PROJECT_RULES.map(({ code }) => code);

  it.each(codes)('shows %s as it is found, and how it is not', async (code) => {
    const [fault, ...better] = sections.get(code) ?? [];
    expect(await codesIn(fault ?? '')).toEqual([code]);
    expect(better).toHaveLength(1);
    for (const text of better) expect(await codesIn(text)).toEqual([]);
  });

  it('has those of template files too', () => {
    expect(TEMPLATE_RULES.filter(({ code }) => !sections.has(code))).toEqual([]);
  });
});
