import type { InstallInput } from '../backend.ts';
import type { MachineInput, Probe } from '../probe.ts';

export const roleProbe: Probe<MachineInput> = {
  name: 'role',
  why: 'Without this machine, its router or its name server nobody could follow or repair it.',
  find: ({ host, facts, here }) => {
    const same = (one: string | undefined, other: string | undefined): boolean =>
      one !== undefined && one === other;
    if (same(facts.bootId, here.bootId)) {
      return refuse('it is the machine that rpi runs on', 'Run rpi on another machine.');
    }
    const own = ownAddresses({ host, facts });
    const among = (list: readonly string[]): string | undefined =>
      own.find((address) => list.includes(address));
    const ours = among(here.addresses);
    if (ours !== undefined) {
      return refuse(
        `its address ${ours} is one of the machine that rpi runs on`,
        'Run rpi on another machine.',
      );
    }
    const gateway = among(here.gateways);
    if (gateway !== undefined) {
      return refuse(
        `${gateway} is the gateway of the machine that rpi runs on`,
        'Give this machine another route, or write a card for that Pi.',
      );
    }
    const server = among(here.nameServers);
    if (server !== undefined) {
      return refuse(
        `${server} is the name server of the machine that rpi runs on`,
        'Use another name server meanwhile, or write a card for that Pi.',
      );
    }
    return { status: 'ok', detail: 'neither this machine nor its gateway nor its name server' };
  },
};

export const sourceRoleProbe: Probe<InstallInput> = {
  name: 'source role',
  why: 'A Pi can’t install itself from files that it serves: they are wiped with it.',
  find: ({ host, facts, sources }) => {
    const own = ownAddresses({ host, facts });
    const served = sources.find(({ addresses }) => addresses.some((each) => own.includes(each)));
    return served === undefined
      ? { status: 'ok', detail: 'it does not serve what it is installed from' }
      : refuse(`it serves ${served.url} itself`, 'Take another mirror for this Pi.');
  },
};

/** Of its hardware alone: every machine with containers has the same 172.17.0.1. */
function ownAddresses({ host, facts }: Pick<MachineInput, 'host' | 'facts'>): string[] {
  const hardware = new Set(facts.links.map(({ name }) => name));
  return [
    host.address,
    ...facts.addresses.filter(({ link }) => hardware.has(link)).map(({ address }) => address),
  ];
}

function refuse(detail: string, remedy: string): ReturnType<Probe<MachineInput>['find']> {
  return { status: 'failed', detail, remedy };
}
