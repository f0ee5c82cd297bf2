import type { Check } from '../check.ts';

export const sqliteCheck: Check = {
  name: 'sqlite',
  why: 'The monitor keeps its history in SQLite, which Node has built in from version 22.13 on.',
  find: async () => {
    try {
      const { DatabaseSync } = await import('node:sqlite');
      const database = new DatabaseSync(':memory:');
      database.close();
      return { status: 'ok', detail: 'built into this Node' };
    } catch {
      return {
        status: 'warning',
        detail: `Node ${process.versions.node} has none`,
        remedy: 'Use Node 22.13 or newer.',
      };
    }
  },
};
