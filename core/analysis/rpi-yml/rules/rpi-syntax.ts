import { yamlSyntaxDrafts } from '../../yaml-syntax.ts';
import type { RpiYmlRule } from '../rules.ts';

export const rpiSyntax: RpiYmlRule = {
  code: 'rpi-syntax',
  check: ({ document, text }) => yamlSyntaxDrafts(document, text),
};
