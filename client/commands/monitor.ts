import type { EditorCommand } from '../editor-command.ts';
import { mayStart } from '../target.ts';

export const openMonitorPage: EditorCommand = async (app) => {
  if (!(await mayStart(app))) return;
  const { openMonitor } = await import('../monitor/panel.ts');
  await openMonitor(app);
};
