/** What `rpi lint` says of the files that a render starts from, and of those that it makes. */
import type { Finding } from '../analysis/finding.ts';
import { LINE_RULES } from '../analysis/installer-config/rules.ts';
import type { OnRuleError } from '../analysis/rule.ts';
import type { Environment } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { bashSyntaxFaults } from '../lint/bash-syntax.ts';
import { findingsIn } from '../lint/lint.ts';
import { lineStartsOf, placeAt } from '../lint/place.ts';
import type { RenderedFile } from './host-files.ts';

export type Checked = {
  /** Sentences with path and line, for what can be installed all the same. */
  readonly warnings: readonly string[];
};

export type CheckContext = { readonly env: Environment; readonly signal: AbortSignal };

/**
 * Faults that no setting of rpi.yml or the inventory can mend: what the shell makes of the text
 * itself. The rest is judged where everything is laid over it.
 */
const OF_THE_TEXT = new Set([
  'syntax-error',
  'not-a-setting',
  'installer-ends',
  'spaces-around-equals',
  'unquoted-value',
]);

/** Slips in the text itself; what options make of each other is judged where all are there. */
const ABOUT_LINES = new Set([
  ...LINE_RULES.map(({ code }) => code),
  'never-read',
  'overwritten',
  'unknown-option',
  'deprecated-option',
]);

/** A person’s own installer-config.txt. Throws `create.invalid-config` with every error at once. */
export function checkBaseConfig(text: string, path: string): Checked {
  const findings = findingsIn(
    { path, kind: 'installer-config', text },
    { managesAccounts: true, dialect: 'raspberrypi-ua-netinst' },
    undefined,
    rethrow,
  ).filter(({ code, severity }) => (severity === 'error' ? OF_THE_TEXT : ABOUT_LINES).has(code));
  return judge(path, text, findings);
}

/** A person’s own post-install.txt. Throws `create.invalid-config`. */
export async function checkPostInstall(
  text: string,
  path: string,
  context: CheckContext,
): Promise<Checked> {
  const faults = await bashSyntaxFaults(text, context);
  return judge(path, text, findingsIn({ path, kind: 'post-install', text }, {}, faults, rethrow));
}

/**
 * What a host will be installed from. Its accounts are made by files as well, so whether somebody
 * can log in is not judged here. Throws `create.invalid-config` with every error at once.
 */
export function checkRendered(files: readonly RenderedFile[], host: InventoryHost): Checked {
  const config = files.find(({ path }) => path === 'config/installer-config.txt');
  if (config === undefined) return { warnings: [] };
  const findings = findingsIn(
    { path: config.path, kind: 'installer-config', text: config.content },
    {
      managesAccounts: true,
      dialect: 'raspberrypi-ua-netinst',
      hosts: [{ name: host.name, model: host.model }],
    },
    undefined,
    rethrow,
  );
  const judged = judge(config.path, config.content, findings);
  const lists = ownLists(files).flatMap((list) => judgeList(list, files).warnings);
  return { warnings: [...judged.warnings, ...lists] };
}

/** Lists that the person wrote. */
function ownLists(files: readonly RenderedFile[]): RenderedFile[] {
  return files.filter(
    ({ path }) => /^config\/files\/[^/]+\.list$/.test(path) && path !== 'config/files/rpi.list',
  );
}

function judgeList({ path, content }: RenderedFile, files: readonly RenderedFile[]): Checked {
  const below = 'config/files/';
  const surroundings = {
    dialect: 'raspberrypi-ua-netinst',
    files: new Set(
      files.flatMap((file) => (file.path.startsWith(below) ? [file.path.slice(below.length)] : [])),
    ),
  } as const;
  const findings = findingsIn(
    { path, kind: 'files-list', text: content },
    surroundings,
    undefined,
    rethrow,
  );
  return judge(path, content, findings);
}

function judge(path: string, text: string, findings: readonly Finding[]): Checked {
  const starts = lineStartsOf(text);
  const tell = ({ start, message }: Finding): string =>
    `${path}:${placeAt(starts, start).line}: ${message}`;
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new RpiError('create.invalid-config', errors.map(tell).join('\n'), {
      remedy:
        'Correct the file, or the setting in rpi.yml or the inventory that it comes from; rpi lint ' +
        'checks the file itself.',
    });
  }
  return { warnings: findings.filter(({ severity }) => severity === 'warning').map(tell) };
}

/** A rule that crashes must not let a file pass. */
const rethrow: OnRuleError = (_code, error) => {
  throw error;
};
