import type { MachineInput, Probe } from '../probe.ts';

export const identityProbe: Probe<MachineInput> = {
  name: 'identity',
  why: 'Addresses and names move from one Pi to another; the wrong one would be wiped.',
  find: ({ host, facts }) => {
    const macs = facts.links.map(({ mac }) => mac);
    if (facts.serial === undefined) {
      return { status: 'failed', detail: 'it does not tell its serial number', remedy: NOT_A_PI };
    }
    if (host.serial === undefined) {
      return {
        status: 'failed',
        detail: `it is ${facts.serial}, and the inventory does not say which Pi ${host.name} is`,
        remedy: `Record its serial and MACs: rpi access enroll ${host.name}`,
      };
    }
    if (host.serial.toLowerCase() !== facts.serial) {
      return {
        status: 'failed',
        detail: `it is the Pi ${facts.serial}; the inventory says that ${host.name} is ${host.serial}`,
        remedy: 'Another Pi answers at this address. Correct the inventory: rpi inventory sync',
      };
    }
    if (host.macs.length > 0 && !host.macs.some((mac) => macs.includes(mac))) {
      return {
        status: 'failed',
        detail: `its MACs are ${macs.join(', ') || 'unknown'}; the inventory has ${host.macs.join(', ')}`,
        remedy: `If you changed its network adapter, record that: rpi access enroll ${host.name}`,
      };
    }
    return {
      status: 'ok',
      detail: `serial ${facts.serial}${host.macs.length === 0 ? '' : ' and a MAC'} as in the inventory`,
    };
  },
};

const NOT_A_PI = 'Only a Raspberry Pi can be installed. Is it one, and is the address right?';
