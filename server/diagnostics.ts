/** Findings as LSP's diagnostics. */
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic,
  type DiagnosticRelatedInformation,
} from 'vscode-languageserver';
import type { Finding, FindingTag, RelatedPlace, Severity } from '../core/analysis/finding.ts';
import { Lines } from './document.ts';
import { resolvePath, uriOf } from './paths.ts';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const TAGS: Readonly<Record<FindingTag, DiagnosticTag>> = {
  unnecessary: DiagnosticTag.Unnecessary,
  deprecated: DiagnosticTag.Deprecated,
};

export type DiagnosticContext = {
  readonly uri: string;
  readonly path: string;
  readonly lines: Lines;
  /** Where people read why a code matters. */
  readonly hrefOf: (code: string) => string;
  /** The text of another file, '' where there is none. */
  readonly textOf: (path: string) => string;
};

export function diagnosticOf(finding: Finding, context: DiagnosticContext): Diagnostic {
  const { code, severity, message, tags, related } = finding;
  return {
    range: context.lines.rangeOf(finding),
    severity: SEVERITIES[severity],
    code,
    ...codeDescription(finding, context),
    source: finding.source ?? 'rpi',
    message,
    ...(tags === undefined ? {} : { tags: tags.map((tag) => TAGS[tag]) }),
    ...(related === undefined
      ? {}
      : { relatedInformation: related.map((place) => relatedOf(place, context)) }),
  };
}

function codeDescription(
  { code, source, href }: Finding,
  { hrefOf }: DiagnosticContext,
): Pick<Diagnostic, 'codeDescription'> {
  const address = source === undefined ? hrefOf(code) : href;
  return address === undefined ? {} : { codeDescription: { href: address } };
}

function relatedOf(
  place: RelatedPlace,
  { uri, path, lines, textOf }: DiagnosticContext,
): DiagnosticRelatedInformation {
  if (place.path === undefined) {
    return { message: place.message, location: { uri, range: lines.rangeOf(place) } };
  }
  const other = resolvePath(path, place.path);
  const range = new Lines(textOf(other)).rangeOf(place);
  return { message: place.message, location: { uri: uriOf(other), range } };
}
