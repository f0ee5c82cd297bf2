/** The language server with a language more, one of whose rules always crashes. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { analyse, type Analysed } from '../../core/analysis/analyse.ts';
import type { Item, Language } from '../../core/analysis/document.ts';
import { languageService } from '../../server/language.ts';
import { LANGUAGES } from '../../server/languages.ts';
import { serve } from '../../server/serve.ts';

const language: Language<Item, undefined, undefined, string, undefined> = {
  split: (text) => [{ item: { text }, start: 0 }],
  context: () => undefined,
  itemFacts: () => undefined,
  merge: (_parts, text) => text,
  itemRules: [
    {
      code: 'crashes',
      check: () => {
        throw new Error('at every keystroke');
      },
    },
    { code: 'works', check: () => [{ start: 0, end: 1, message: 'Found.' }] },
  ],
  projectRules: [],
  infos: new Map(),
};

serve(createConnection(ProposedFeatures.all, process.stdin, process.stdout), [
  ...LANGUAGES,
  {
    name: 'crashing',
    claims: (path) => path.endsWith('.crashing'),
    load: () =>
      Promise.resolve(
        languageService<Analysed<Item, undefined, undefined, string>, undefined>({
          docs: 'docs/crashing.md',
          nothingKnown: undefined,
          lookAround: () => Promise.resolve(undefined),
          analyse: (document, project, previous, onRuleError) =>
            analyse({ ...document, language }, project, previous, onRuleError),
          features: {},
        }),
      ),
  },
]);
