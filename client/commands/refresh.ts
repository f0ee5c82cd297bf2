import type { EditorCommand } from '../editor-command.ts';

/** Reads every project of the window again. */
export const refresh: EditorCommand = (app) => {
  app.projects.refresh();
  return Promise.resolve();
};
