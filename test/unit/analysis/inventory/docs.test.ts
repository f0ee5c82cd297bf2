import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyseInventory } from '../../../../core/analysis/inventory/language.ts';
import { INVENTORY_DOCS, INVENTORY_RULES } from '../../../../core/analysis/inventory/rules.ts';
import { analyseRpiYml } from '../../../../core/analysis/rpi-yml/language.ts';
import { RPI_YML_RULES } from '../../../../core/analysis/rpi-yml/rules.ts';
import { resource } from '../../../../core/resources.ts';

const page = readFileSync(resource(INVENTORY_DOCS), 'utf8');

/** Each section’s blocks: the fault, then how it is better. */
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

const crash = (code: string, error: unknown): never => {
  throw new Error(`The rule ${code} crashed.`, { cause: error });
};

function codesIn(code: string, text: string): string[] {
  const found = code.startsWith('rpi-')
    ? analyseRpiYml(
        { path: 'rpi.yml', text },
        { exists: (path) => path === 'playbooks/deploy.yml', groups: new Set(['sensors']) },
        undefined,
        crash,
      )
    : analyseInventory({ path: 'hosts.yml', text }, {}, undefined, crash);
  return found.findings.map((each) => each.code);
}

const codes = [...INVENTORY_RULES, ...RPI_YML_RULES].map(({ code }) => code);

describe('the page that every finding refers to', () => {
  it('has a section for each code, and for no other', () => {
    expect([...sections.keys()].sort()).toEqual(codes.toSorted());
  });

  it.each(codes)('shows %s as it is found, and how it is not', (code) => {
    const [fault, ...better] = sections.get(code) ?? [];
    expect(codesIn(code, fault ?? '')).toContain(code);
    expect(better).toHaveLength(1);
    for (const text of better) expect(codesIn(code, text)).toEqual([]);
  });
});
