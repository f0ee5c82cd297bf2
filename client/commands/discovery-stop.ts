import type { EditorCommand } from '../editor-command.ts';

export const stopDiscovery: EditorCommand = (app) => {
  app.discovery.stop();
  return Promise.resolve();
};
