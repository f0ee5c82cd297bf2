import { describe, expect, it } from 'vitest';
import { redactInventory } from '../../../core/inventory/redact.ts';

describe('what is shown of an inventory', () => {
  it.each([
    ['ansible_ssh_pass: abc\n', 'ansible_ssh_pass: (hidden)\n'],
    ['wifi_psk: "a b" # ours\n', 'wifi_psk: (hidden) # ours\n'],
    ['{api_token: abc, port: 1}\n', '{api_token: (hidden), port: 1}\n'],
    [
      'db_secret:\n  user: a\n  more: [b]\nport: 1\n',
      'db_secret:\n  (hidden)\n  (hidden)\nport: 1\n',
    ],
    [
      'passphrase: |\n  one\n  two\nport: 1\n',
      'passphrase: (hidden)\n  (hidden)\n  (hidden)\nport: 1\n',
    ],
    [
      'mail: !vault |\n  $ANSIBLE_VAULT;1.1\n  61\n',
      'mail: !vault (hidden)\n  (hidden)\n  (hidden)\n',
    ],
    ['key: "-----BEGIN PRIVATE KEY-----x"\n', 'key: (hidden)\n'],
    ['base: &b abc\npassword: *b\n', 'base: &b (hidden)\npassword: (hidden)\n'],
    ['port: 1 # password=abc\n', 'port: 1 # password=(hidden)\n'],
    ['# "my_token": abc\nport: 1\n', '# "my_token": (hidden)\nport: 1\n'],
    ['password:\nport: 1\n', 'password:\nport: 1\n'],
    ['port: 1\n', 'port: 1\n'],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(redactInventory(text)).toBe(shown);
  });

  it('is nothing of a file that can’t be read', () => {
    expect(redactInventory('a: [\npassword: abc\n')).toBe('(hidden)\n');
  });
});
