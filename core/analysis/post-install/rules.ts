/** Every rule for post-install.txt: a line here and a file beside this one. */
import type { Item } from '../document.ts';
import type { ItemRule, ProjectRule, RuleInfo } from '../rule.ts';
import { scriptEnds } from './script-ends.ts';
import type { PostInstallFacts, PostInstallProject } from './facts.ts';
import { scriptSyntax } from './script-syntax.ts';

type Entry = RuleInfo & {
  readonly script?: ItemRule<Item, undefined>;
  readonly withBash?: ProjectRule<PostInstallFacts, PostInstallProject>;
};

export const POST_INSTALL_RULES: readonly Entry[] = [
  {
    code: scriptSyntax.code,
    severity: 'error',
    title: 'post-install.txt: syntax',
    withBash: scriptSyntax,
  },
  {
    code: scriptEnds.code,
    severity: 'error',
    title: 'post-install.txt: the installer ends',
    script: scriptEnds,
  },
];
