/** raspberrypi-ua-netinst (FooDeas, v2.5.0): installs Raspbian or Debian from a mirror. */
import { isInstallable } from '../../data/installer-models.ts';
import { readPayload } from '../../create/payload-store.ts';
import { previewRender } from '../../create/render.ts';
import { bashSyntaxFaults } from '../../lint/bash-syntax.ts';
import type { Backend, Board, Support } from '../backend.ts';
import { netinstMedium } from './netinst/medium.ts';
import { NETINST_PROGRESS } from './netinst/progress.ts';

/** The types of revision codes that its hardware table and its boot files know. */
const TYPES = new Set([
  ...['A', 'B', 'A+', 'B+', '2B', '3B', '3B+', '3A+', '4B'],
  ...['Zero', 'Zero W', 'Zero 2 W', 'CM1', 'CM3', 'CM3+'],
]);

export const netinst: Backend = {
  name: 'netinst',
  title: 'raspberrypi-ua-netinst',
  progress: NETINST_PROGRESS,
  supports,
  prepare: async (host, context) => {
    const files = await previewRender(host, context);
    const script = files.find(({ path }) => path === 'config/post-install.txt')?.content ?? '';
    const payload = await readPayload(context.project);
    const syntaxFaults = await bashSyntaxFaults(script, context);
    return netinstMedium({ host, files, syntaxFaults, payload });
  },
};

function supports(board: Board): Support {
  const { model, revision } = board;
  const shown = model ?? revision?.model;
  // The revision code is the board's own word; the name alone is what somebody wrote.
  const known = revision === undefined ? isInstallable(model) : TYPES.has(revision.type);
  if (known === true) return { ok: true };
  if (shown === undefined || known === undefined) {
    return {
      ok: false,
      why: `which Raspberry Pi it is can’t be told (${shown ?? 'it names no model'})`,
      remedy: 'Only models that are known are installed. For this one, write a card.',
    };
  }
  return {
    ok: false,
    why: `a ${shown} can’t be installed by raspberrypi-ua-netinst: ${reasonOf(revision?.processor, shown)}`,
    remedy: ALTERNATIVE,
  };
}

function reasonOf(processor: string | undefined, model: string): string {
  return processor === 'BCM2712' || /\bPi (?:5|500)\b|\bModule 5\b/.test(model)
    ? 'its BCM2712 needs a kernel and boot files that came after the installer’s last release'
    : 'the installer has no boot files for it (it boots models 1 to 4B, Zero, Zero W, Zero 2 W, CM1, CM3, CM3+)';
}

const ALTERNATIVE =
  'Write an image of Raspberry Pi OS to a card or a USB disk once, mount that, and give it name, users, keys and ' +
  'its ssh host key for the first boot: rpi create card FOLDER --host NAME. Then: rpi detect, rpi inventory sync. ' +
  'rpi provision works on every model.';
