import type { Finding as LintFinding } from '../../../../analysis/finding.ts';
import type { RenderedFile } from '../../../../create/host-files.ts';
import { lineOf } from '../../../../formats/installer-config/overlay.ts';
import { findingsIn } from '../../../../lint/lint.ts';
import { roomNeeded } from '../../../probes/boot.ts';
import type { Finding } from '../../../../runs/finding.ts';
import type { NetinstProbe } from '../probe.ts';

/** The editor only warns of these: the installer goes on without a word. A wipe is not for that. */
const REFUSING = new Set(['invalid-value', 'unknown-option', 'never-read']);
const FILES = 'config/files/';
const POST_INSTALL = 'config/post-install.txt';

type Place = LintFinding & { readonly text: string; readonly path: string };

/** The rules of the editor, over what was rendered. */
export const lintProbe: NetinstProbe = {
  name: 'lint',
  why: 'The installer warns of nothing: it wipes, and then fails or leaves you locked out.',
  find: ({ host, settings, files, syntaxFaults }, input) => {
    const broken: string[] = [];
    const onRuleError = (code: string): number => broken.push(code);
    const used = input.facts.boot?.used;
    const names = files.flatMap(({ path }) =>
      path.startsWith(FILES) ? [path.slice(FILES.length)] : [],
    );
    const surroundings = {
      dialect: 'raspberrypi-ua-netinst',
      files: new Set(names),
      hasWpaSupplicant: files.some(({ path }) => path === 'config/wpa_supplicant.conf'),
      hosts: [{ name: host.name, model: input.facts.model }],
      // By the files of its lists as well; whether somebody gets in is a check of its own.
      managesAccounts: true,
      ...(used === undefined ? {} : { bootBytes: used + roomNeeded(input) }),
    } as const;
    const places = [
      { path: 'config/installer-config.txt', kind: 'installer-config', text: settings.text },
      { path: POST_INSTALL, kind: 'post-install', text: textOf(files, POST_INSTALL) },
    ] as const;
    const found = places.flatMap(({ path, kind, text }) =>
      findingsIn({ path, kind, text }, surroundings, syntaxFaults, onRuleError).map(
        (finding): Place => ({ ...finding, text, path }),
      ),
    );
    return judge(found, broken);
  },
};

function judge(found: readonly Place[], broken: readonly string[]): Finding {
  const refusing = found.filter(({ severity, code }) => severity === 'error' || REFUSING.has(code));
  if (refusing.length > 0) {
    return {
      status: 'failed',
      detail: refusing.map(shown).join('; '),
      remedy:
        'Correct it in create/, under create.settings of rpi.yml, or in rpi_install of the host. The lines are those of the files that rpi create render makes.',
    };
  }
  if (broken.length > 0) {
    return { status: 'skipped', detail: `these rules failed themselves: ${broken.join(', ')}` };
  }
  const warnings = found.filter(({ severity }) => severity === 'warning');
  return warnings.length > 0
    ? { status: 'warning', detail: warnings.map(shown).join('; ') }
    : { status: 'ok', detail: 'nothing speaks against what was rendered' };
}

function shown({ path, text, start, message, code }: Place): string {
  return `${path}:${lineOf(text, start)}: ${message.replace(/\.$/, '')} (${code})`;
}

function textOf(files: readonly RenderedFile[], path: string): string {
  return files.find((file) => file.path === path)?.content ?? '';
}
