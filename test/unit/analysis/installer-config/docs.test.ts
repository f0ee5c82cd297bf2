import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyseFilesList } from '../../../../core/analysis/files-list/language.ts';
import { FILES_LIST_RULES } from '../../../../core/analysis/files-list/rules.ts';
import { analyseInstallerConfig } from '../../../../core/analysis/installer-config/language.ts';
import {
  INSTALLER_CONFIG_DOCS,
  INSTALLER_CONFIG_RULES,
} from '../../../../core/analysis/installer-config/rules.ts';
import { analysePostInstall } from '../../../../core/analysis/post-install/language.ts';
import { POST_INSTALL_RULES } from '../../../../core/analysis/post-install/rules.ts';
import { resource } from '../../../../core/resources.ts';

const page = readFileSync(resource(INSTALLER_CONFIG_DOCS), 'utf8');

/** Each section’s blocks of code: the fault, then how it is better. */
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
      return [section.slice(0, section.indexOf('\n')), blocks] as const;
    }),
);

const crash = (code: string, error: unknown): never => {
  throw new Error(`The rule ${code} crashed.`, { cause: error });
};

function codesIn(code: string, text: string): string[] {
  if (code.startsWith('script-')) {
    const syntaxFaults = text.includes('fi\n') ? [] : [{ line: 2, message: 'syntax error' }];
    return analysePostInstall(
      { path: 'post-install.txt', text },
      { syntaxFaults },
      undefined,
      crash,
    ).findings.map((each) => each.code);
  }
  if (code.startsWith('list-')) {
    const project = {
      files: new Set(['root/etc/motd']),
      users: new Set<string>(),
      postInstall: '',
      ...(code === 'list-unused' ? { dialect: 'raspbian-ua-netinst' as const } : {}),
    };
    return analyseFilesList(
      { path: 'files/my.list', text },
      project,
      undefined,
      crash,
    ).findings.map((each) => each.code);
  }
  const project =
    code === 'unsupported-model'
      ? { hosts: [{ name: 'attic', model: 'Raspberry Pi 5 Model B' }] }
      : {};
  return analyseInstallerConfig(
    { path: 'installer-config.txt', text },
    project,
    undefined,
    crash,
  ).findings.map((each) => each.code);
}

const rules = [...INSTALLER_CONFIG_RULES, ...POST_INSTALL_RULES, ...FILES_LIST_RULES];

describe('the page that every finding refers to', () => {
  it('has a section for each code, and for no other', () => {
    expect([...sections.keys()].sort()).toEqual(rules.map(({ code }) => code).sort());
  });

  it.each(rules.map(({ code }) => code))('shows %s as it is found, and how it is not', (code) => {
    const [fault, ...better] = sections.get(code) ?? [];
    expect(codesIn(code, fault ?? '')).toContain(code);
    for (const text of better) expect(codesIn(code, text)).not.toContain(code);
  });
});
