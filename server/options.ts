import type { ServerOptions } from '../core/analysis/editor-messages.ts';

/** What an editor passes as `initializationOptions`; what does not fit is left out. */
export function readServerOptions(value: unknown): ServerOptions {
  if (typeof value !== 'object' || value === null) return {};
  const given = new Map(Object.entries(value));
  const word = (
    name:
      | 'docsScheme'
      | 'previewCommand'
      | 'verifyCommand'
      | 'reinstallCommand'
      | 'suggestCommand'
      | 'runCommand'
      | 'cacheFolder'
      | 'ansiblePath',
  ): Partial<Record<typeof name, string>> => {
    const text: unknown = given.get(name);
    return typeof text === 'string' ? { [name]: text } : {};
  };
  return {
    trusted: given.get('trusted') === true,
    lintOnSave: given.get('lintOnSave') === true,
    leavesModules: given.get('leavesModules') === true,
    ...word('docsScheme'),
    ...word('previewCommand'),
    ...word('verifyCommand'),
    ...word('reinstallCommand'),
    ...word('suggestCommand'),
    ...word('runCommand'),
    ...word('cacheFolder'),
    ...word('ansiblePath'),
  };
}
