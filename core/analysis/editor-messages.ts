/** What the extension and its language server say to each other besides LSP: all of it. */

/** `initializationOptions`; another editor may leave them out. */
export type ServerOptions = {
  /** Whether the folder is trusted. Until it is, no program is started (`bash -n`). */
  readonly trusted?: boolean;
  /**
   * The scheme of documents `SCHEME:/PAGE/HEADING.md` that the editor makes of the docs; without it
   * the address is that of the packaged page (`file:`).
   */
  readonly docsScheme?: string;
  /** A command of the editor that opens the preview of a document: `[uri]`. Without it there is no lens. */
  readonly previewCommand?: string;
  /** Commands of the editor that verify what a document installs from, and install by it: `[uri]`. */
  readonly verifyCommand?: string;
  readonly reinstallCommand?: string;
  /** A command of the editor that asks for completions once more. */
  readonly suggestCommand?: string;
  /** A command of the editor that runs a playbook: `[uri, 'all' | 'check' | 'group']`. */
  readonly runCommand?: string;
  /** Another extension completes modules and their options, and tells of them. */
  readonly leavesModules?: boolean;
  /** A folder for what can be made again; without it, `rpi` in the user’s cache. */
  readonly cacheFolder?: string;
  /** The ansible-playbook to use, as RPI_ANSIBLE names it; '' for the one that is found. */
  readonly ansiblePath?: string;
  /** ansible-lint looks at playbooks that are saved. */
  readonly lintOnSave?: boolean;
};

/** Notification to the server: these are the person’s settings from now on. */
export const SETTINGS = 'rpi/settings';
export type SettingsParams = Pick<ServerOptions, 'ansiblePath' | 'lintOnSave'>;

/** Notification to the server, without parameters: the folder is trusted now. */
export const TRUSTED = 'rpi/trusted';

/** Notification to the server: `leavesModules` is this from now on. */
export const LEAVES_MODULES = 'rpi/leavesModules';
export type LeavesModulesParams = { readonly leavesModules: boolean };

/** Request: what will be made of a document. The answer is null for one that has no preview. */
export const PREVIEW = 'rpi/preview';
export type PreviewParams = { readonly uri: string };
export type PreviewResult = { readonly text: string } | null;
