/**
 * `rpi create card`: puts on a fresh card what a host is first installed by: the network installer,
 * or the settings of the first start of a Raspberry Pi OS that was written to it before.
 */
import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isInstallable } from '../data/installer-models.ts';
import { RpiError } from '../errors.ts';
import { fingerprint } from '../formats/ssh-key.ts';
import { retriesFile } from '../install/backends/netinst/medium.ts';
import { netinstSettings } from '../install/backends/netinst/settings.ts';
import { sizeText } from '../formats/size.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectHosts } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { expectHostKey } from '../ssh/host-keys.ts';
import { blockDevices, judgeDevice } from './block-devices.ts';
import { cardContent, type CardKind } from './card-content.ts';
import {
  isDevice,
  namesIn,
  readIn,
  requireFree,
  targetOf,
  type CardTarget,
} from './card-target.ts';
import { writeCard, type CardFiles } from './card-write.ts';
import { checkRendered } from './check-files.ts';
import { cloudInitFiles } from './cloud-init.ts';
import { firstRunFiles } from './first-run.ts';
import { folderName } from './folder-name.ts';
import { hostKeyOf } from './host-keys.ts';
import { filesOf, readIngredients } from './ingredients.ts';
import { unsupportedModel } from './models.ts';
import { newNonce, readManifest } from './output.ts';
import { checkPayload, noPayload, readPayload } from './payload-store.ts';
import { systemFacts } from './system-facts.ts';

export type CardInput = {
  /** A folder, an image file (made where it does not exist) or a block device. */
  readonly target: string;
  /** The host that the card is for. */
  readonly host: string;
  /** For scripts: the typed name of the block device. */
  readonly yesWipe: string | undefined;
  /** Bytes of an image that is made. */
  readonly size: number;
};

export type CardOutcome = Outcome & { readonly kind: CardKind | undefined };

/**
 * Throws `create.card` for a target that can't be used, `create.card-refused` for one that must
 * not be, `create.payload` where the installer's files are missing, and what rendering throws.
 */
export async function* makeCard(
  input: CardInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, CardOutcome> {
  const host = await hostOf(input.host, context);
  const path = resolve(input.target);
  const device = await isDevice(path);
  if (device) await requireFree(path, context);
  const target = await targetOf(path, input.size, device, context);
  const names = await namesIn(target, context);
  const content = cardContent(names);
  if (!content.ok) throw new RpiError('create.card', `${path}: ${content.why}.`, content);
  const { kind } = content;
  const files = await contentOf(kind, host, target, context);

  yield {
    kind: 'plan',
    title: `${path}: ${TITLES[kind]} for ${host.name}`,
    items: [
      ...(target.type === 'blank'
        ? [{ action: 'format', target: path, detail: `FAT32, ${sizeText(target.size)}` }]
        : []),
      ...files.rendered.map((file) => ({ action: 'write', target: file.path })),
      ...(files.payload === undefined
        ? []
        : [{ action: 'copy', target: files.payload.name, detail: `${files.payload.count} files` }]),
    ],
  };
  if (context.dryRun) return { status: 'ok', summary: 'Nothing was written.', kind };
  if (device) {
    yield* confirmDevice(path, target, input, context);
    await requireFree(path, context);
  }
  const step = 'card';
  yield { kind: 'step.started', step, title: `Writing ${path}` };
  await writeCard(target, files, device, context);
  yield { kind: 'step.finished', step, status: 'ok', detail: 'written, read back and compared' };
  return { status: 'ok', summary: await whatNext(path, target, kind, host, context), kind };
}

async function whatNext(
  path: string,
  target: CardTarget,
  kind: CardKind,
  { name, address, port }: InventoryHost,
  context: ProjectContext,
): Promise<string> {
  const key = (await hostKeyOf(context.project, name, { keep: true })).publicKey;
  // Or its new system would be taken for a stranger: the old one is on record at its address.
  const isKnown = await expectHostKey(context.project, { address, port, key }, context);
  return [
    `${path} is for ${name} (${TITLES[kind]}).`,
    `It will answer with the host key ${fingerprint(key)}${isKnown ? ', which known_hosts has' : ''}.`,
    ...(target.type === 'folder' ? ['Unmount it before you take it out.'] : []),
    'Then: rpi detect, rpi inventory sync',
  ].join(' ');
}

const TITLES: Readonly<Record<CardKind, string>> = {
  installer: 'raspberrypi-ua-netinst',
  'cloud-init': 'Raspberry Pi OS by cloud-init',
  'first-run': 'Raspberry Pi OS by firstrun.sh',
};

async function hostOf(name: string, context: ProjectContext): Promise<InventoryHost> {
  const hosts = selectHosts(await loadInventory(context.project, context), name);
  const [host] = hosts;
  if (host !== undefined && hosts.length === 1) return host;
  throw new RpiError(
    'input.invalid',
    `A card is for one host, and “${name}” are ${hosts.length}.`,
    {
      remedy: 'Name one host of the inventory; write a new one into it by hand.',
    },
  );
}

async function contentOf(
  kind: CardKind,
  host: InventoryHost,
  target: CardTarget,
  context: ProjectContext,
): Promise<CardFiles> {
  const { project, dryRun } = context;
  const ingredients = await readIngredients(context);
  const hostKey = await hostKeyOf(project, host.name, { keep: !dryRun });
  const previous = await readManifest(join(project.state, 'create', folderName(host.name)));
  const nonce = kind === 'installer' ? (previous?.nonce ?? newNonce()) : newNonce();
  const made = (await filesOf(host, ingredients, hostKey, context)).files(nonce);
  const config = made.find(({ path }) => path === 'config/installer-config.txt')?.content ?? '';
  const settings = netinstSettings(config);
  if (kind !== 'installer') {
    const facts = systemFacts(host, settings, ingredients, {
      config: project.config,
      hostKey,
      nonce,
    });
    const cmdline = (await readIn(target, 'cmdline.txt', context)) ?? '';
    const files = kind === 'cloud-init' ? cloudInitFiles : firstRunFiles;
    return { rendered: files(facts, cmdline), payload: undefined };
  }
  if (isInstallable(host.model) === false) throw unsupportedModel(host.name, host.model ?? '');
  checkRendered(made, host);
  const payload = await readPayload(project);
  if (payload === undefined) throw noPayload();
  await checkPayload(payload);
  const below = 'raspberrypi-ua-netinst';
  return {
    rendered: [
      ...made.map(({ path, content }) => ({ path: `${below}/${path}`, content })),
      { path: `${below}/installer-retries.txt`, content: retriesFile(settings) },
      // What starts the installer; the release has the same in its root.
      {
        path: 'config.txt',
        content: await readFile(join(payload.folder, below, 'config.txt'), 'utf8'),
      },
    ],
    payload: {
      folder: payload.folder,
      name: payload.manifest.name,
      count: Object.keys(payload.manifest.files).length,
    },
  };
}

async function* confirmDevice(
  path: string,
  target: CardTarget,
  { yesWipe, host }: CardInput,
  context: ProjectContext,
): AsyncGenerator<EventBody> {
  if (yesWipe !== undefined && yesWipe !== path) {
    throw new RpiError(
      'answer.refused',
      `--yes-wipe names ${yesWipe}, and the device is ${path}.`,
      {
        remedy: 'Name the same device twice. Nothing was written.',
      },
    );
  }
  const verdict = judgeDevice(await blockDevices(context), await realpath(path));
  const about = verdict.ok
    ? `${verdict.device.model ?? 'a card'}, ${sizeText(verdict.device.size)}`
    : '';
  const what =
    target.type === 'blank' ? 'All that is on it is erased' : 'Its boot files are changed';
  if (yesWipe === undefined) {
    const answer = await context.ask({
      type: 'typed',
      text: `${what}: ${path} (${about}). Type its name to go on`,
      expect: path,
    });
    if (answer !== path) {
      throw new RpiError('answer.refused', `“${answer}” is not ${path}.`, {
        remedy: 'Nothing was written.',
      });
    }
  }
  yield { kind: 'step.intended', step: 'card', what: `${path} is written for ${host}` };
}
