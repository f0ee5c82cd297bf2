/** Every rule for rpi.yml: a line here and a file in rules/. */
import type { Severity } from '../finding.ts';
import type { RuleInfo } from '../rule.ts';
import type { RpiYmlRule } from './rpi-yml-rule.ts';
import { rpiGroup } from './rules/rpi-group.ts';
import { rpiMissingFile } from './rules/rpi-missing-file.ts';
import { rpiMissingSetting } from './rules/rpi-missing-setting.ts';
import { rpiNetwork } from './rules/rpi-network.ts';
import { rpiSyntax } from './rules/rpi-syntax.ts';
import { rpiUnknownSetting } from './rules/rpi-unknown-setting.ts';
import { rpiValue } from './rules/rpi-value.ts';

/** Where people read why a finding matters; the fragment is the finding's code. */
export const RPI_YML_DOCS = 'docs/inventory-rules.md';

type Entry = RuleInfo & { readonly rule: RpiYmlRule };

const entry = (rule: RpiYmlRule, severity: Severity, title: string): Entry => ({
  code: rule.code,
  severity,
  title,
  rule,
});

export const RPI_YML_RULES: readonly Entry[] = [
  entry(rpiSyntax, 'error', 'rpi.yml: no YAML'),
  entry(rpiUnknownSetting, 'error', 'rpi.yml: a setting that does not exist'),
  entry(rpiMissingSetting, 'error', 'rpi.yml: a setting is missing'),
  entry(rpiValue, 'error', 'rpi.yml: a value that does not fit'),
  entry(rpiNetwork, 'error', 'rpi.yml: networks'),
  entry(rpiMissingFile, 'warning', 'rpi.yml: a file that is missing'),
  entry(rpiGroup, 'information', 'rpi.yml: a group that no inventory has'),
];
