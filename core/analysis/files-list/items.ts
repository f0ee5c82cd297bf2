/** The items of a `config/files/*.list`: its lines. */
import type { DialectName } from '../../data/installer-dialects.ts';
import type { Item } from '../document.ts';
import type { ItemRule, ProjectRule } from '../rule.ts';

/** Undefined stands for unknown: rules then say nothing that depends on it. */
export type FilesListProject = {
  readonly dialect?: DialectName;
  /** The names below the folder of the list, with `/` between folders. */
  readonly files?: ReadonlySet<string>;
  /** Users that the installation makes, besides those of every system. */
  readonly users?: ReadonlySet<string>;
  /** The text of post-install.txt, '' where there is none. */
  readonly postInstall?: string;
};

/** A stretch of a line that is no blank. Offsets count from the line's beginning. */
export type Field = { readonly text: string; readonly start: number; readonly end: number };

export type ListLine = Item & {
  /** Empty for blank lines and comments. */
  readonly fields: readonly Field[];
};

export type FilesListFacts = {
  /** The file's name, as in `my.list`. */
  readonly name: string;
  /** The lines that name a file, with ranges of the document. */
  readonly entries: readonly {
    readonly owner: Field;
    readonly mode: Field;
    readonly path: Field;
  }[];
};

/** A rule that needs one line and nothing else. */
export type ListLineRule = ItemRule<ListLine, string>;

/** A rule that needs all lines, or what surrounds the list. */
export type ListRule = ProjectRule<FilesListFacts, FilesListProject>;
