import type { EditorCommand } from '../commands.ts';

/** Reads every project of the window again. */
export const refresh: EditorCommand = (app) => {
  app.projects.refresh();
  return Promise.resolve();
};
