/** Values that are known before a run. */
import {
  isTemplate,
  resolved,
  type ScalarNode,
  type YamlNode,
} from '../../formats/playbook/node.ts';

/** The scalar, unless Ansible computes it, it is encrypted, or it can’t be read. */
export function literal(node: YamlNode): ScalarNode | undefined {
  const scalar = resolved(node);
  if (scalar.kind !== 'scalar' || scalar.unreadable === true) return undefined;
  if (scalar.tag !== undefined) return scalar.tag === '!unsafe' ? scalar : undefined;
  return isTemplate(scalar.text) ? undefined : scalar;
}

/** True for what is a value of some kind, but which one only the run knows. */
export function isUnknown(node: YamlNode): boolean {
  const value = resolved(node);
  if (value.kind === 'alias') return true;
  return value.kind === 'scalar' && value.value !== null && literal(value) === undefined;
}

const TRUE = ['y', 'yes', 'on', '1', 'true', 't', '1.0'];
const FALSE = ['n', 'no', 'off', '0', 'false', 'f', '0.0'];

/** As Ansible’s modules take a yes or no; undefined for what is neither. */
export function booleanOf(scalar: ScalarNode): boolean | undefined {
  const word = scalar.text.trim().toLowerCase();
  if (TRUE.includes(word)) return true;
  return FALSE.includes(word) ? false : undefined;
}

export function isInteger(scalar: ScalarNode): boolean {
  if (typeof scalar.value === 'number') return Number.isInteger(scalar.value);
  return typeof scalar.value === 'boolean' || /^\s*[-+]?\d+(?:\.0+)?\s*$/.test(scalar.text);
}

export function isNumber(scalar: ScalarNode): boolean {
  return (
    typeof scalar.value === 'number' ||
    /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(scalar.text)
  );
}
