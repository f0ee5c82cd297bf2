import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setupScript, type SetupCall } from '../../../core/access/setup-script.ts';
import { generateKeyPair } from '../../../core/formats/ssh-key.ts';
import { runs } from '../../property-runs.ts';

const publicKey = generateKeyPair('').publicKey;
const every: SetupCall[] = [
  { do: 'authorise', user: 'pi', keys: [publicKey] },
  { do: 'withdraw', user: 'pi', keys: [publicKey] },
  { do: 'user', user: 'ann', sudo: true },
  { do: 'facts' },
  { do: 'passwords-off', user: 'pi' },
  { do: 'passwords-keep-off' },
  { do: 'passwords-restore' },
];

describe('the setup script', () => {
  it.each(['sh', 'bash'])('is one that %s can read', (shell) => {
    execFileSync(shell, ['-n'], { input: setupScript(every) });
  });

  it('does nothing when only a part of it arrives', () => {
    const script = setupScript([{ do: 'facts' }]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: script.length - 'main </dev/null\n'.length }),
        (length) => {
          const { stdout } = spawnSync('sh', ['-s'], {
            input: script.slice(0, length),
            encoding: 'utf8',
          });
          expect(stdout).toBe('');
        },
      ),
      runs(40),
    );
  });

  it('passes on whatever stands in a comment, and runs none of it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('\'"$`\\;|&()<> *abc')) }),
        (comment) => {
          const script = setupScript([
            { do: 'authorise', user: 'pi', keys: [{ ...publicKey, comment }] },
          ]).replace(/\nmain <\/dev\/null\n$/, '\nauthorise() { printf "%s" "$2"; }\nmain\n');
          const { stdout } = spawnSync('sh', ['-s'], { input: script, encoding: 'utf8' });
          const base64 = Buffer.from(publicKey.blob).toString('base64');
          const line = comment === '' ? '' : ` ${comment}`;
          expect(stdout).toBe(`rpi:begin\nssh-ed25519 ${base64}${line}rpi:done\n`);
        },
      ),
      runs(50),
    );
  });
});
