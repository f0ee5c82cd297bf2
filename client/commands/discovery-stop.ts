import type { EditorCommand } from '../commands.ts';

export const stopDiscovery: EditorCommand = (app) => {
  app.discovery.stop();
  return Promise.resolve();
};
