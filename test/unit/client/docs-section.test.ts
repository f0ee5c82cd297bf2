import { expect, it } from 'vitest';
import { sectionOf } from '../../../client/language-client/section.ts';

const PAGE =
  '# Page\n\n## Part\n\n### one\n\nFirst.\n\n```sh\n# two\n### two\n```\n\n### two\n\nSecond.\n\n## Next\n';

it('takes a section with its code, up to the next heading of its rank', () => {
  expect(sectionOf(PAGE, 'one')).toBe('### one\n\nFirst.\n\n```sh\n# two\n### two\n```\n');
  expect(sectionOf(PAGE, 'Part')).toContain('Second.');
});

it('gives the page where there is no such heading', () => {
  expect(sectionOf(PAGE, 'three')).toBe(PAGE);
});
