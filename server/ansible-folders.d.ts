import type { AnsibleProject } from '../core/analysis/ansible-project/project.ts';
import type { PlaybookFacts } from '../core/analysis/playbook/facts.ts';
import type { AnsibleFolder } from '../core/lint/ansible-folder.ts';
import type { Project } from '../core/project/project.ts';
export type AnsibleFolders = {
    /** Waits for the index a little, so that most documents are told everything at once. */
    readonly folderOf: (path: string) => Promise<AnsibleFolder | undefined>;
    /** An open document was read: others may say something else now. */
    readonly edited: (facts: PlaybookFacts) => void;
    /** Files on the disk changed; without paths any may have. Resolves when they are read. */
    readonly filesChanged: (paths: readonly string[] | undefined) => Promise<void>;
    /** The indexes that there are by now. */
    readonly projects: () => Promise<readonly AnsibleProject[]>;
};
export declare function createAnsibleFolders(options: {
    readonly openText: (path: string) => string | undefined;
    readonly projectOf: (path: string) => Promise<Project | undefined>;
    readonly changed: () => void;
    readonly log: (what: string, error: unknown) => void;
}): AnsibleFolders;
