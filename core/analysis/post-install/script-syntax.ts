import type { ProjectRule } from '../rule.ts';
import type { PostInstallFacts, PostInstallProject } from './facts.ts';

/** The installer sources the script: with a syntax error, the rest of it does not run. */
export const scriptSyntax: ProjectRule<PostInstallFacts, PostInstallProject> = {
  code: 'script-syntax',
  *check({ text }, { syntaxFaults = [] }) {
    const lines = text.split('\n');
    for (const { line, message } of syntaxFaults) {
      const index = Math.min(Math.max(line, 1), lines.length) - 1;
      const start = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
      const content = (lines[index] ?? '').trimEnd();
      const blanks = content.length - content.trimStart().length;
      yield { start: start + blanks, end: start + content.length, message: `bash: ${message}.` };
    }
  },
};
