import type { App } from './app.ts';

/**
 * `args` are what the editor gives: from a view's menu the node and the selection, from the palette
 * nothing. What the context did not give, the command asks for.
 */
export type EditorCommand = (app: App, ...args: readonly unknown[]) => Promise<unknown>;
