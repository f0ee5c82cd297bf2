import { expect, it } from 'vitest';
import { dropOf } from '../../../client/fleet/drop.ts';
import { idOf, type FleetNode } from '../../../client/fleet/nodes.ts';
import { proposalWords } from '../../../client/monitor/proposal-words.ts';
import { nodesOf } from '../../../client/nodes.ts';
import type { OpenProposal } from '../../../core/monitor/daemon/control.ts';

const proposal: OpenProposal = {
  id: 'd3',
  host: 'kitchen',
  remedy: 'reinstall',
  made: '2026-11-22T08:00:00.000Z',
  expires: '2026-11-23T08:00:00.000Z',
  evidence: ['ill for 30 min', 'app: \u001b[2Jended with 1'],
};
const project = { root: { toString: () => 'file:///p' } } as never; // no editor to make one
const node: FleetNode = { kind: 'proposal', project, proposal };

it('a proposal says what it would do and why, without what could move a cursor', () => {
  expect(proposalWords(proposal)).toEqual({
    what: 'erase kitchen and install it anew',
    why: 'ill for 30 min; app:  [2Jended with 1',
  });
});

it('a proposal is a node that commands are given, with an id of its own, and no place to drop', () => {
  expect(nodesOf([node])).toEqual([node]);
  expect(idOf(node)).toBe('file:///p\nproposal\nd3');
  const dragged = { project: 'file:///p', hosts: [{ name: 'kitchen', from: 'a' }], devices: [] };
  expect(dropOf(dragged, node)).toMatchObject({ does: 'refuse' });
});
