/** What is known of one option of an installer-config.txt. */
import { parseCondition, type Condition } from './installer-condition.ts';

export type OptionType =
  | 'boolean'
  | 'enum'
  | 'host'
  | 'hostport'
  | 'integer'
  | 'ipv4'
  | 'ipv4|dhcp'
  | 'ipv4|dhcp|disable'
  | 'ipv6|auto'
  | 'ipv6|auto|disable'
  | 'list'
  | 'list|auto|disable'
  | 'size'
  | 'sshkey'
  | 'sshkey-or-file'
  | 'string'
  | 'tz'
  | 'url';

export type OptionGroup =
  | 'package'
  | 'device'
  | 'ssh'
  | 'user'
  | 'network'
  | 'localization'
  | 'graphics'
  | 'partition'
  | 'advanced'
  | 'deprecated';

export type InstallerOption = {
  readonly name: string;
  readonly group: OptionGroup;
  readonly type: OptionType;
  /** What an unset option becomes; without it, it stays empty. For an empty one see the dialect. */
  readonly default?: string;
  /** Another default, where the option `name` has that value. */
  readonly defaultWith?: {
    readonly name: string;
    readonly value: string;
    readonly default: string;
  };
  /** A password: never shown, never journaled. */
  readonly secret?: true;
  /**
   * The installer passes the value through `eval`, so the shell reads it a second time: between
   * double quotes (`quoted`) or as bare words of a command line (`bare`).
   */
  readonly evaluated?: 'quoted' | 'bare';
  /** Its values often hold what the shell would take apart. */
  readonly quoteAdvised?: true;
  readonly values?: readonly string[];
  /** Of the entries of a list. */
  readonly itemValues?: readonly string[];
  /** Values worth offering; others are accepted. */
  readonly knownValues?: readonly string[];
  /** Old values and the ones that they stand for. */
  readonly legacyValues?: Readonly<Record<string, string>>;
  /** Where the note says that more is accepted, the pattern is advice. */
  readonly pattern?: RegExp;
  readonly separator?: ',' | ' ';
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  /** Without these the option has no effect, or a bad one. */
  readonly requires?: readonly Condition[];
  /** The option must be set where all of these hold. */
  readonly requiredIf?: readonly Condition[];
  /** None of these may hold together with it. */
  readonly conflicts?: readonly Condition[];
  /** What it makes of other options. */
  readonly implies?: readonly Condition[];
  /** Options that count for nothing beside it. */
  readonly overrides?: readonly string[];
  /** Models that it does not work on. */
  readonly conflictingModels?: readonly string[];
  /** The value to advise where the default is open to attack. */
  readonly secureValue?: string;
  /** It has no effect: a fault of the installer. */
  readonly broken?: true;
  /** Setting it leaves a system that does not boot, unless more is done. */
  readonly dangerous?: true;
  readonly deprecated?: true;
  /** The new name of a deprecated option. */
  readonly replacement?: string;
  /** The first version that has it; without it, all have. */
  readonly since?: string;
  /** What it does, and what a wrong value does. */
  readonly note: string;
  /** Lines of the installer's script that read it. */
  readonly source?: string;
};

/** Parses conditions; see installer-condition.ts for their grammar. */
export function conditions(...texts: readonly string[]): readonly Condition[] {
  return texts.map(parseCondition);
}
