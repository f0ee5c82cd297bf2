import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plainText } from '../../../client/message.ts';

/** As the editor finds links in notifications and prompts (src/vs/base/common/linkedText.ts). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

test('text of a Pi makes no link that runs a command', () => {
  const model = 'Raspberry Pi [fix it](command:workbench.action.quit)';
  expect(model).toMatch(LINK);
  expect(plainText(model)).not.toMatch(LINK);
  expect(plainText('[[a](command:x)](command:y)')).not.toMatch(LINK);
});

test('every message that is put together passes through it', () => {
  const client = join(import.meta.dirname, '../../../client');
  const files = readdirSync(client, { recursive: true, encoding: 'utf8' });
  const bare = files
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      [
        ...readFileSync(join(client, name), 'utf8').matchAll(
          /show(?:Error|Warning|Information)Message(?:<[^>]*>)?\(\s*([^\s'][^,)]*)/g,
        ),
      ].flatMap(([, first = '']) => (first.startsWith('plainText(') ? [] : [`${name}: ${first}`])),
    );
  expect(bare).toEqual([]);
});
