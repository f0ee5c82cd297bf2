/**
 * Every command of the extension: one file a command, one line here. A test holds this table against
 * package.json. Each is loaded when it is first used.
 */
import * as vscode from 'vscode';
import type { App } from './app.ts';
import type { EditorCommand } from './editor-command.ts';
import { showFault } from './fault.ts';

type Load = () => Promise<EditorCommand>;

export const COMMANDS: Readonly<Record<`rpi.${string}`, Load>> = {
  'rpi.scaffold': async () => (await import('./commands/scaffold.ts')).scaffold,
  'rpi.detect': async () => (await import('./commands/detect.ts')).detect,
  'rpi.discovery.start': async () => (await import('./commands/discovery-start.ts')).startDiscovery,
  'rpi.discovery.stop': async () => (await import('./commands/discovery-stop.ts')).stopDiscovery,
  'rpi.inventory.sync': async () => (await import('./commands/sync-inventory.ts')).syncInventory,
  'rpi.access.check': async () => (await import('./commands/check-access.ts')).checkAccess,
  'rpi.access.enroll': async () => (await import('./commands/enroll.ts')).enroll,
  'rpi.access.rotate': async () => (await import('./commands/rotate-keys.ts')).rotateKeys,
  'rpi.provision': async () => (await import('./commands/provision.ts')).provision,
  'rpi.deploy': async () => (await import('./commands/deploy.ts')).deploy,
  'rpi.verify': async () => (await import('./commands/verify.ts')).verify,
  'rpi.playbook.run': async () => (await import('./commands/playbook.ts')).runPlaybook,
  'rpi.exec': async () => (await import('./commands/exec.ts')).exec,
  'rpi.ssh.terminal': async () => (await import('./commands/ssh-terminal.ts')).openSshTerminal,
  'rpi.ssh.remote': async () => (await import('./commands/ssh-remote.ts')).openRemoteSsh,
  'rpi.ssh.config': async () => (await import('./commands/ssh-config.ts')).writeSshConfig,
  'rpi.forward': async () => (await import('./commands/forward.ts')).forward,
  'rpi.journal': async () => (await import('./commands/journal.ts')).followJournal,
  'rpi.reboot': async () => (await import('./commands/reboot.ts')).reboot,
  'rpi.reinstall': async () => (await import('./commands/reinstall.ts')).reinstall,
  'rpi.monitor.open': async () => (await import('./commands/monitor.ts')).openMonitorPage,
  'rpi.monitor.start': async () => (await import('./commands/monitor-start.ts')).startMonitor,
  'rpi.proposal.approve': async () =>
    (await import('./commands/proposal-approve.ts')).approveProposal,
  'rpi.proposal.refuse': async () => (await import('./commands/proposal-refuse.ts')).refuseProposal,
  'rpi.proposal.snooze': async () => (await import('./commands/proposal-snooze.ts')).snoozeProposal,
  'rpi.doctor': async () => (await import('./commands/doctor.ts')).doctor,
  'rpi.run.follow': async () => (await import('./commands/run-follow.ts')).followRun,
  'rpi.run.cancel': async () => (await import('./commands/run-cancel.ts')).cancelRun,
  'rpi.run.answer': async () => (await import('./commands/run-answer.ts')).answerRun,
  'rpi.run.rerun': async () => (await import('./commands/run-rerun.ts')).rerun,
  'rpi.adopt': async () => (await import('./commands/adopt.ts')).adopt,
  'rpi.moveToGroup': async () => (await import('./commands/move-to-group.ts')).moveToGroup,
  'rpi.removeFromInventory': async () =>
    (await import('./commands/remove-from-inventory.ts')).removeFromInventory,
  'rpi.copyAddress': async () => (await import('./commands/copy-address.ts')).copyAddress,
  'rpi.showDetails': async () => (await import('./commands/show-details.ts')).showDetails,
  'rpi.refresh': async () => (await import('./commands/refresh.ts')).refresh,
  'rpi.fault.open': async () => (await import('./commands/fault-open.ts')).faultOpen,
  'rpi.project.createMissing': async () =>
    (await import('./commands/create-missing.ts')).createMissing,
  'rpi.run.openLog': async () => (await import('./commands/run-open-log.ts')).runOpenLog,
  'rpi.passwords.forget': async () => (await import('./commands/passwords.ts')).forgetPasswords,
  'rpi.installerConfig.verify': async () =>
    (await import('./commands/installer-config.ts')).verifyRepository,
  'rpi.installerConfig.preview': async () =>
    (await import('./commands/preview.ts')).previewInstallerConfig,
};

export function registerCommands(app: App): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([id, load]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        const command = await load();
        return await command(app, ...args);
      } catch (error) {
        await showFault(app.log, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
