import type { Finding } from '../../runs/finding.ts';
import type { InstallInput } from '../backend.ts';
import type { Probe, SourceInput } from '../probe.ts';

export const sourceProbe: Probe<InstallInput> = {
  name: 'mirror from the Pi',
  why: 'What the Pi can’t fetch after its disk is wiped leaves it without a system.',
  find: ({ sources }) => {
    if (sources.length === 0) {
      return {
        status: 'failed',
        detail: 'what it is installed from is computed by its settings',
        remedy: 'Write plain values for mirror and release.',
      };
    }
    const findings = sources.map(judge);
    return (
      findings.find(({ status }) => status === 'failed') ??
      findings.find(({ status }) => status !== 'ok') ?? {
        status: 'ok',
        detail: `it reaches ${sources.map(({ url }) => url).join(', ')}`,
      }
    );
  },
};

function judge({ url, fromPi }: SourceInput): Finding {
  switch (fromPi?.type) {
    case undefined:
      return { status: 'failed', detail: `asked for ${url}, it gave no answer` };
    case 'ok':
      return { status: 'ok', detail: `it reaches ${url}` };
    case 'failed':
      return {
        status: 'failed',
        detail: `it does not reach ${url}`,
        remedy: 'Check its gateway and name server, or use another mirror (setting: mirror).',
      };
    case 'status':
      return /^3\d\d$/.test(fromPi.status)
        ? {
            status: 'warning',
            detail: `${url} sends it on to another server, which was not tried: it has neither curl nor wget`,
            remedy: 'Name that server as mirror, or install curl on the Pi.',
          }
        : {
            status: 'failed',
            detail: `the server of ${url} answers it with ${fromPi.status}, not with the file`,
            remedy: 'Check mirror and release in the installer’s settings.',
          };
    case 'no-tool':
      return {
        status: 'skipped',
        detail: `it has nothing to ask for ${url} with (curl or wget; bash for http)`,
      };
  }
}
