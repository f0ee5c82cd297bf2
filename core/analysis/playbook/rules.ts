/**
 * Every rule for playbooks that needs no other file: a line here and a file in rules/. The docs page
 * has a section for each code; its anchor is the code.
 */
import type { Severity } from '../finding.ts';
import type { DocumentRule, TaskFileRule } from './items.ts';
import type { PlaybookProject } from './context.ts';
import type { PlaybookRule } from './items.ts';
import { bootConfig } from './rules/boot-config.ts';
import { documentType } from './rules/document-type.ts';
import { duplicateKey } from './rules/duplicate-key.ts';
import { aptCache } from './rules/first-provisioning.ts';
import { keywordType } from './rules/keyword-type.ts';
import { bareLoopVariable, twoLoops } from './rules/loops.ts';
import { missingOption } from './rules/missing-option.ts';
import { octalMode, openMode } from './rules/modes.ts';
import { movedModule, removedModule, unknownModule } from './rules/module-names.ts';
import { needsRoot } from './rules/needs-root.ts';
import { noHosts } from './rules/no-hosts.ts';
import { freeForm, oldAction } from './rules/old-forms.ts';
import { optionCombination } from './rules/option-combination.ts';
import { optionTwice } from './rules/option-twice.ts';
import { optionValue } from './rules/option-value.ts';
import { rebootByCommand } from './rules/reboot-by-command.ts';
import { removedKeyword } from './rules/removed-keyword.ts';
import { noModule, severalModules } from './rules/task-modules.ts';
import { unknownKeyword } from './rules/unknown-keyword.ts';
import { strayWords, unclosedInArguments, unknownOption } from './rules/unknown-option.ts';
import { variableName } from './rules/variable-names.ts';
import { wrongLevel } from './rules/wrong-level.ts';
import {
  colonInValue,
  unclosedQuote,
  unquotedTemplate,
  yamlIndentation,
  yamlSyntax,
  yamlTab,
} from './rules/yaml-faults.ts';

/** Where people read why a finding matters; the fragment is the finding’s code. */
export const PLAYBOOK_DOCS = 'docs/playbook-rules.md';

type Entry = PlaybookRule<PlaybookProject>;

/** A rule over single tasks and parts of plays. The title heads the code’s section in the docs. */
const ofItem = (item: TaskFileRule, severity: Severity, title: string): Entry => ({
  code: item.code,
  severity,
  title,
  item,
});

/** A rule over the whole document. */
const ofDocument = (document: DocumentRule, severity: Severity, title: string): Entry => ({
  code: document.code,
  severity,
  title,
  document,
});

export const PLAYBOOK_RULES: readonly Entry[] = [
  ofItem(yamlTab, 'error', 'Tabs'),
  ofItem(yamlIndentation, 'error', 'Indentation'),
  ofItem(unquotedTemplate, 'error', 'Braces without quotes'),
  ofItem(colonInValue, 'error', 'A colon in a value'),
  ofItem(unclosedQuote, 'error', 'Quotes that do not close'),
  ofItem(yamlSyntax, 'error', 'What is no YAML'),
  ofItem(duplicateKey, 'warning', 'A key twice'),
  ofItem(documentType, 'error', 'A list or a mapping'),
  ofItem(unknownKeyword, 'error', 'Unknown keywords'),
  ofItem(removedKeyword, 'error', 'Words of old versions'),
  ofItem(wrongLevel, 'error', 'Keywords at the wrong level'),
  ofItem(keywordType, 'error', 'Keywords with a wrong value'),
  ofItem(variableName, 'error', 'What is no name of a variable'),
  ofDocument(noHosts, 'error', 'A play without hosts'),
  ofItem(noModule, 'error', 'A task without a module'),
  ofItem(severalModules, 'error', 'Two modules in a task'),
  ofItem(twoLoops, 'error', 'Two loops in a task'),
  ofItem(bareLoopVariable, 'error', 'A loop over a word'),
  ofDocument(unknownModule, 'error', 'Unknown modules'),
  ofItem(movedModule, 'hint', 'Modules that moved'),
  ofItem(removedModule, 'error', 'Removed modules'),
  ofItem(unknownOption, 'error', 'Unknown options'),
  ofItem(strayWords, 'error', 'Words that are no option'),
  ofItem(unclosedInArguments, 'error', 'Quotes within arguments'),
  ofDocument(missingOption, 'error', 'Missing options'),
  ofItem(optionValue, 'error', 'Values that do not fit'),
  ofItem(optionCombination, 'error', 'Options that exclude or need one another'),
  ofItem(optionTwice, 'warning', 'An option under two names'),
  ofItem(octalMode, 'error', 'Modes as numbers'),
  ofItem(openMode, 'warning', 'Anybody may write'),
  ofItem(freeForm, 'hint', 'Options as k=v'),
  ofItem(oldAction, 'hint', 'action and local_action'),
  ofDocument(needsRoot, 'warning', 'Root is needed'),
  ofDocument(aptCache, 'hint', 'Package lists of a fresh Pi'),
  ofItem(rebootByCommand, 'warning', 'A reboot that nothing waits for'),
  ofItem(bootConfig, 'information', 'Where config.txt is'),
];
