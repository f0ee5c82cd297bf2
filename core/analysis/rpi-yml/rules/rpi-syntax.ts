import { parseYamlNodes } from '../../../formats/playbook/yaml-nodes.ts';
import { yamlSyntaxDrafts } from '../../yaml-syntax.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';

export const rpiSyntax: RpiYmlRule = {
  code: 'rpi-syntax',
  *check({ document, text }) {
    const { errors } = document;
    if (errors.length === 0) return;
    for (const { code, pos } of errors) {
      if (code !== 'DUPLICATE_KEY') continue;
      const [start] = pos;
      const name = /^[^\s:]+/.exec(text.slice(start))?.[0] ?? '';
      const message = `${name} is here twice; keep one of them.`;
      yield { start, end: start + name.length, message };
    }
    if (errors.every(({ code }) => code === 'DUPLICATE_KEY')) return;
    const drafts = yamlSyntaxDrafts(parseYamlNodes(text).faults);
    if (drafts.length > 0) yield* drafts;
    else
      yield {
        start: errors[0]?.pos[0] ?? 0,
        end: errors[0]?.pos[1] ?? 0,
        message: 'This is no YAML.',
      };
  },
};
