/** What the analysis says about a place in a text. Offsets are UTF-16 code units, half-open. */
import type { TextEdit } from '../formats/text-edit.ts';

/**
 * error: can't install, bricks, locks out, or is read as something else than was written.
 * warning: works, but not as written, or insecure where that could be avoided.
 * information: true and unavoidable, or a choice. hint: style.
 */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** unnecessary: shown faded. deprecated: shown struck out. */
export type FindingTag = 'unnecessary' | 'deprecated';

export type Finding = {
  /** Names the rule, and the section of its docs page. */
  readonly code: string;
  /** Who says so, where it is not us; the code is theirs then, and `href` explains it. */
  readonly source?: 'ansible-lint';
  readonly href?: string;
  readonly severity: Severity;
  /** Plain words, without what is secret. */
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly tags?: readonly FindingTag[];
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
};

/** Another place that has to do with a finding: in the same text, or in the file at `path`. */
export type RelatedPlace = {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly path?: string;
};

export type Fix = {
  /** As a command: “Write hostname instead”. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** True for the one that is right almost always: “fix all” applies these. */
  readonly preferred?: boolean;
  /** Edits of other files; one that does not exist is created. */
  readonly files?: readonly FileEdits[];
};

export type FileEdits = { readonly path: string; readonly edits: readonly TextEdit[] };

/** The finding where its item stands `by` further on in the text; other files stay as they are. */
export function moveFinding(finding: Finding, by: number): Finding {
  if (by === 0) return finding;
  const { related, fixes } = finding;
  return {
    ...finding,
    start: finding.start + by,
    end: finding.end + by,
    ...(related === undefined
      ? {}
      : { related: related.map((place) => (place.path === undefined ? move(place, by) : place)) }),
    ...(fixes === undefined
      ? {}
      : {
          fixes: fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => move(edit, by)) })),
        }),
  };
}

/** By place, then by weight, then by code: the order in which findings are listed. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    a.start - b.start ||
    a.end - b.end ||
    WEIGHT[a.severity] - WEIGHT[b.severity] ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}

const WEIGHT: Readonly<Record<Severity, number>> = {
  error: 0,
  warning: 1,
  information: 2,
  hint: 3,
};

function move<P extends { readonly start: number; readonly end: number }>(place: P, by: number): P {
  return { ...place, start: place.start + by, end: place.end + by };
}
