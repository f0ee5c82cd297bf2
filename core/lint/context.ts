/** What a lint of files goes by. */
import type { OnRuleError } from '../analysis/rule.ts';
import type { Environment } from '../command/run.ts';
import type { Project } from '../project/project.ts';

export type LintContext = {
  readonly project: Project | undefined;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onRuleError: OnRuleError;
  /** The Ansible of this machine is asked about its modules; without, the bundled facts are all. */
  readonly installed?: {
    /** Where what was read is kept. */
    readonly cacheFolder: string;
    /** Ends the reading where it takes too long. */
    readonly signal: AbortSignal;
    /** It takes a while: it is read for the first time. */
    readonly onWait: () => void;
    /** It could not be read: the bundled facts do. */
    readonly onError: (error: unknown) => void;
  };
  /** Absolute path of an ansible-lint whose findings are wanted as well. */
  readonly ansibleLint?: string;
};
