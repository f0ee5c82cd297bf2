import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendHostKey,
  hashHostName,
  knownHostName,
  knownKeyTypes,
  lookUpHostKey,
  parseKnownHosts,
  removeHost,
} from '../../../core/formats/known-hosts.ts';
import {
  encodeBlob,
  generateKeyPair,
  publicKeyFromBlob,
  type PublicKey,
} from '../../../core/formats/ssh-key.ts';
import { runs } from '../../property-runs.ts';

const key = generateKeyPair('').publicKey;
const other = generateKeyPair('').publicKey;
const rsa = wireKey('ssh-rsa');

const line = (names: string, of: PublicKey, marker = ''): string =>
  `${marker}${names} ${of.type} ${encodeBlob(of)}\n`;
const verdict = (text: string, name: string, shown = key): string =>
  lookUpHostKey(parseKnownHosts(text), name, shown).type;

describe('looking a host key up', () => {
  it('knows the key that is on record for the name', () => {
    expect(verdict(line('pi1', key), 'pi1')).toBe('known');
  });

  it('does not know a host that is not named', () => {
    expect(verdict(line('pi1', key), 'pi10')).toBe('unknown');
  });

  it('calls another key of the same host changed and returns the known ones with their lines', () => {
    const text = `# mine\n${line('pi1', other)}`;
    expect(lookUpHostKey(parseKnownHosts(text), 'pi1', key)).toEqual({
      type: 'changed',
      known: [other],
      lines: [2],
    });
  });

  it('calls a key of another type changed when the host is known by one', () => {
    expect(verdict(line('pi1', rsa), 'pi1', key)).toBe('changed');
  });

  it('knows each of several keys of a host', () => {
    const text = line('pi1', rsa) + line('pi1', key);
    expect(verdict(text, 'pi1', key)).toBe('known');
    expect(verdict(text, 'pi1', rsa)).toBe('known');
    expect(verdict(text, 'pi1', other)).toBe('changed');
    expect(knownKeyTypes(parseKnownHosts(text), 'pi1')).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('keeps ports apart', () => {
    expect(knownHostName('PI1', 22)).toBe('pi1');
    expect(knownHostName('pi1', 2222)).toBe('[pi1]:2222');
    expect(verdict(line('pi1', key), '[pi1]:2222')).toBe('unknown');
    expect(verdict(line('[pi1]:2222', key), '[pi1]:2222')).toBe('known');
  });

  it('understands wildcards, lists and negation', () => {
    const text = line('*.lan,!nas.lan,10.0.0.?', key);
    expect(verdict(text, 'pi1.lan')).toBe('known');
    expect(verdict(text, '10.0.0.7')).toBe('known');
    expect(verdict(text, '10.0.0.77')).toBe('unknown');
    expect(verdict(text, 'nas.lan')).toBe('unknown');
  });

  it('does not care about case', () => {
    expect(verdict(line('Pi1.Local', key), 'pi1.local')).toBe('known');
  });

  it('refuses a revoked key, even one that another line knows', () => {
    const text = line('pi1', key) + line('*', key, '@revoked ');
    expect(verdict(text, 'pi1')).toBe('revoked');
    expect(verdict(text, 'pi1', other)).toBe('changed');
  });

  it('takes an unknown marker with the same key for a refusal', () => {
    expect(verdict(line('pi1', key) + line('pi1', key, '@distrusted '), 'pi1')).toBe('revoked');
  });

  it('lets a certificate authority neither allow nor forbid', () => {
    expect(verdict(line('*', key, '@cert-authority '), 'pi1')).toBe('unknown');
  });

  it.each([
    ['broken base64', 'pi1 ssh-ed25519 AAAA!!!!\n'],
    ['no key', 'pi1\n'],
    ['a type that the key contradicts', `pi1 ssh-rsa ${encodeBlob(key)}\n`],
    ['a line of SSH 1', 'pi1 1024 35 1234567\n'],
  ])('refuses a host whose line can’t be read: %s', (_what, text) => {
    expect(verdict(text, 'pi1')).toBe('unreadable');
    expect(verdict(text, 'pi2')).toBe('unknown');
    expect(verdict(text + line('pi1', key), 'pi1')).toBe('known');
  });

  it('reads lines that end as on Windows, and indented ones', () => {
    expect(verdict(line('pi1', key).replace('\n', '\r\n'), 'pi1')).toBe('known');
    expect(verdict(`  ${line('pi1', key)}`, 'pi1')).toBe('known');
  });
});

describe('hashed names', () => {
  it('match the host and port they were made of, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.domain(),
        fc.integer({ min: 1, max: 65535 }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (host, port, salt) => {
          const name = knownHostName(host, port);
          const text = line(hashHostName(name, salt), key);
          expect(verdict(text, name)).toBe('known');
          expect(verdict(text, knownHostName(`x${host}`, port))).toBe('unknown');
          expect(verdict(text, knownHostName(host, port === 1 ? 2 : port - 1))).toBe('unknown');
        },
      ),
    );
  });

  it.each(['|1|', '|1||', '|2|AAAA|AAAA', '|1|AAAA', '|'])(
    'never match when broken: %s',
    (name) => {
      expect(verdict(line(name, key), 'pi1')).toBe('unknown');
    },
  );
});

describe('adding and removing', () => {
  const anyText = fc
    .array(
      fc.oneof(
        fc.constantFrom('', '# note', '@revoked bad ssh-rsa AAAA', 'what is this', '  '),
        fc.domain().map((name) => line(`${name},10.0.0.1`, other).trimEnd()),
      ),
    )
    .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

  it('appends so that the key is known and nothing before it changes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const after = appendHostKey(text, 'new-pi', key);
        expect(after.startsWith(text)).toBe(true);
        expect(verdict(after, 'new-pi')).toBe('known');
        expect(parseKnownHosts(after).length).toBe(parseKnownHosts(text).length + 1);
      }),
    );
  });

  it('removes what was appended, byte for byte', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
        expect(removeHost(appendHostKey(text, 'new-pi', key), 'new-pi')).toBe(ended);
      }),
    );
  });

  it('takes only the name from a line that names others too', () => {
    expect(removeHost(line('pi1,pi2', key), 'pi1')).toBe(line('pi2', key));
  });

  it('leaves wildcards and marked lines alone', () => {
    const text = line('*', key) + line('pi1', key, '@revoked ');
    expect(removeHost(text, 'pi1')).toBe(text);
  });

  it('removes hashed names', () => {
    expect(removeHost(line(hashHostName('pi1', new Uint8Array(20)), key), 'pi1')).toBe('');
  });
});

describe('beside ssh-keygen -F', () => {
  it('finds the same lines in random files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rpi-known-hosts-'));
    const path = join(folder, 'known_hosts');
    const names = ['pi1', 'pi2', 'pi1.lan', '[pi1]:2222', '10.0.0.1', '::1'];
    const pattern = fc.oneof(
      fc.constantFrom(...names, '*', 'pi?', '*.lan', '!pi1', '!pi2', '10.0.0.*', '[pi1]:*'),
      fc.constantFrom(...names).map((name) => hashHostName(name, new Uint8Array(20).fill(7))),
    );
    // A hashed name stands alone on its line.
    const patterns = fc
      .array(pattern, { minLength: 1, maxLength: 3 })
      .map((list) => list.find((name) => name.startsWith('|')) ?? list.join(','));
    try {
      fc.assert(
        fc.property(
          fc.array(patterns, { maxLength: 5 }),
          fc.constantFrom(...names),
          (list, name) => {
            const text = list.map((names) => line(names, key)).join('');
            writeFileSync(path, text);
            const ours = parseKnownHosts(text)
              .filter((entry) => lookUpHostKey([entry], name, key).type === 'known')
              .map((entry) => entry.line);
            expect(ours).toEqual(foundByKeygen(path, name));
          },
        ),
        runs(60),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function foundByKeygen(path: string, name: string): number[] {
  let output: string;
  try {
    output = execFileSync('ssh-keygen', ['-F', name, '-f', path], { encoding: 'utf8' });
  } catch {
    return []; // it exits with 1 when it finds nothing
  }
  return [...output.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
}

/** A key of some type whose content does not matter. */
function wireKey(type: string): PublicKey {
  const string = (content: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, Buffer.from(content)]);
  };
  const made = publicKeyFromBlob(Buffer.concat([string(type), string('content')]));
  if (made === undefined) throw new Error('not a key');
  return made;
}
