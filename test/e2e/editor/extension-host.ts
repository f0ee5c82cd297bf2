/** Starts the extension host with tests in it, as the editor does for those who develop extensions. */
import type { Page } from 'playwright-core';

export type HostTests = {
  /** The folder of the extension that is under test. */
  readonly extension: string;
  /** A CommonJS module with a function `run`. */
  readonly tests: string;
};

/**
 * Loads the window with the tests in its extension host and waits for their end. Returns what was
 * logged. A built workbench takes this from its page's settings only, so these are patched as soon as the parser
 * has made their element.
 */
export async function runInExtensionHost(
  page: Page,
  url: string,
  { extension, tests }: HostTests,
): Promise<string> {
  const log: string[] = [];
  const ended = new Promise<void>((resolve) => {
    void page.exposeFunction('codeAutomationLog', (kind: string, words: unknown[]) => {
      log.push(`${kind} ${words.map(String).join(' ')}`);
    });
    void page.exposeFunction('codeAutomationExit', (code: number) => {
      log.push(`exit ${code}`);
      resolve();
    });
  });
  await page.addInitScript({
    content: `
      const patch = () => {
        const element = document.getElementById('vscode-workbench-web-configuration');
        if (element === null) return;
        observer.disconnect();
        const settings = JSON.parse(element.getAttribute('data-settings'));
        const at = (path) => ({ scheme: 'vscode-remote', authority: location.host, path });
        settings.developmentOptions = {
          ...settings.developmentOptions,
          extensions: [at(${JSON.stringify(extension)})],
          extensionTestsPath: at(${JSON.stringify(tests)}),
        };
        element.setAttribute('data-settings', JSON.stringify(settings));
      };
      const observer = new MutationObserver(patch);
      if (window === window.top) observer.observe(document, { childList: true, subtree: true });
    `,
  });
  await page.goto(url);
  await Promise.race([
    ended,
    new Promise<void>((_, reject) =>
      setTimeout(() => {
        reject(new Error(`the tests did not end:\n${log.join('\n')}`));
      }, 90_000).unref(),
    ),
  ]);
  return log.join('\n');
}
