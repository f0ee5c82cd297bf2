import type { EditorCommand } from '../commands.ts';
import { mayStart } from '../target.ts';

export const openMonitorPage: EditorCommand = async (app) => {
  if (!(await mayStart(app))) return;
  const { openMonitor } = await import('../monitor/panel.ts');
  await openMonitor(app);
};
