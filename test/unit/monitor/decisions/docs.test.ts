import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REASONS } from '../../../../core/monitor/decisions/words.ts';
import { parseConfig } from '../../../../core/project/config.ts';
import { ROOT } from '../../../../scripts/bundles.ts';

it('docs/monitor-policy.md explains every reason, and its examples are right', async () => {
  const text = await readFile(join(ROOT, 'docs/monitor-policy.md'), 'utf8');
  for (const code of REASONS) expect(text).toContain(`\`${code}\``);
  const examples = [...text.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] ?? '');
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) {
    expect(parseConfig(`version: 1\nid: docs-test\n${example}`)).toMatchObject({ ok: true });
  }
});
