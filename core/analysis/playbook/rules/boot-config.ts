/** Where the firmware’s files are: since Debian 12 below /boot/firmware. */
import { isTemplate } from '../../../formats/playbook/node.ts';
import { sourceOffsets } from '../../../formats/playbook/scalar-source.ts';
import { nodesOf } from '../../../formats/playbook/node.ts';
import type { TaskFileRule } from '../items.ts';

const OLD = /(?<![\w/])\/boot\/(?:config\.txt|cmdline\.txt)(?![\w.])/g;

export const bootConfig: TaskFileRule = {
  code: 'boot-config',
  *check({ text, roots }) {
    // Whoever names both places knows.
    if (!text.includes('/boot/c') || text.includes('/boot/firmware')) return;
    for (const root of roots) {
      for (const node of nodesOf(root)) {
        if (node.kind !== 'scalar' || !node.text.includes('/boot/c')) continue;
        // What a template chooses may well be the right one.
        if (isTemplate(node.text) && /\bif\b|ternary/.test(node.text)) continue;
        const offsets = sourceOffsets(text, node);
        for (const match of node.text.matchAll(OLD)) {
          const start = offsets[match.index] ?? node.start;
          const end = start + match[0].length;
          if (text.slice(start, end) !== match[0]) continue;
          const path = match[0].replace('/boot/', '/boot/firmware/');
          yield {
            start,
            end,
            message: `Since Raspberry Pi OS 12 (bookworm) this file is ${path}.`,
            fixes: [{ title: `Write ${path}`, edits: [{ start, end, text: path }] }],
          };
        }
      }
    }
  },
};
