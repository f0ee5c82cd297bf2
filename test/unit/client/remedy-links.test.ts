import { expect, test } from 'vitest';
import { linkedParts } from '../../../client/commands/remedy-links.ts';

const links = (text: string, host = 'kitchen'): string[] =>
  linkedParts(text, host).flatMap((part) => {
    if ('url' in part) return [part.url];
    return 'action' in part ? [`${part.text} → ${JSON.stringify(part.action)}`] : [];
  });

test('a command that a remedy names starts what the editor has for it', () => {
  expect(links('Record its serial and MACs: rpi access enroll kitchen')).toEqual([
    'rpi access enroll kitchen → {"does":"command","command":"rpi.access.enroll","about":"pi"}',
  ]);
  expect(links('Let rpi make a key (rpi access enroll), or name users.')[0]).toMatch(
    /^rpi access enroll → /,
  );
  expect(links('Take its files: rpi create payload FILE.zip')[0]).toContain('payload');
});

test('a command about another Pi is no link to this one', () => {
  expect(links('rpi ssh garden')).toEqual([]);
  expect(links('rpi ssh kitchen-2')).toEqual([]);
  expect(links('rpi ssh pi.lab', 'pixlab')).toEqual([]);
});

test('files and addresses are links', () => {
  expect(links('Set it (create.settings in rpi.yml), see https://example.org/a.')).toEqual([
    'rpi.yml → {"does":"open","file":"rpi.yml"}',
    'https://example.org/a.',
  ]);
  expect(links('Set bootsize=+512M in the installer’s settings.')[0]).toContain('"settings"');
});

test('the parts together are the text', () => {
  const text = 'See rpi.yml, rpi detect, rpi inventory sync; then https://example.org and more.';
  expect(
    linkedParts(text, 'a+b')
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
});
