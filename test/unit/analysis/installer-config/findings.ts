/** Short ways to say which findings a text has. */
import { expect } from 'vitest';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { analyseInstallerConfig } from '../../../../core/analysis/installer-config/language.ts';
import type { InstallerProject } from '../../../../core/analysis/installer-config/project.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';

/** Nothing is to be said of it, and of what stands around it. */
export const ROOT = "rootpw='a long one'\n";
const QUIET: InstallerProject = { scrubsPasswords: true };

/** The findings of a text, after a rootpw was added in its last line. */
export function findingsOf(
  text: string,
  project: InstallerProject = {},
  path = 'installer-config.txt',
): readonly Finding[] {
  const document = { path, text: withRoot(text) };
  return analyseInstallerConfig(document, { ...QUIET, ...project }, undefined, (code, error) => {
    throw new Error(`The rule ${code} crashed.`, { cause: error });
  }).findings;
}

/** `LINE SEVERITY CODE “underlined”`, in the order of the text. */
export function told(text: string, project?: InstallerProject, path?: string): string[] {
  const whole = withRoot(text);
  return findingsOf(text, project, path).map(({ start, end, severity, code }) => {
    const line = whole.slice(0, start).split('\n').length;
    return `${line} ${severity} ${code} “${whole.slice(start, end)}”`;
  });
}

/** The text after the preferred (or only) fix of the one finding with the code. */
export function fixed(text: string, code: string, project?: InstallerProject): string {
  const found = findingsOf(text, project).filter((each) => each.code === code);
  expect(found).toHaveLength(1);
  const fixes = found[0]?.fixes ?? [];
  const fix = fixes.find(({ preferred }) => preferred === true) ?? fixes[0];
  expect(fix, `a fix of ${code} in ${text}`).toBeDefined();
  const after = applyEdits(withRoot(text), fix?.edits ?? []);
  return after.endsWith(ROOT) ? after.slice(0, -ROOT.length) : after;
}

function withRoot(text: string): string {
  return text.includes('rootpw')
    ? text
    : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${ROOT}`;
}
