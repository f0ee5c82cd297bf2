/**
 * Which models raspberrypi-ua-netinst can install (its hardware table and boot files, v2.5.0), by
 * the name that the firmware gives them, as in “Raspberry Pi 4 Model B Rev 1.5”.
 */

/** Sorted by the first pattern that matches; the newer models need boot files that it lacks. */
const MODELS: readonly { readonly pattern: RegExp; readonly installs: boolean }[] = [
  { pattern: /\bPi (?:5|500)\b|\bCompute Module [45]/, installs: false },
  { pattern: /\bPi 400\b/, installs: false },
  { pattern: /\bPi (?:[1234]|Zero)\b|\bPi Model [AB]\b|\bCompute Module\b/, installs: true },
];

/** True or false by the table; undefined for a model it doesn't list, or none. */
export function isInstallable(model: string | undefined): boolean | undefined {
  return MODELS.find(({ pattern }) => model !== undefined && pattern.test(model))?.installs;
}

/** Whether a model that it can install has a 64-bit processor: BCM2837 and newer. */
export function runs64Bit(model: string): boolean {
  return /\bPi [34]\b|\bCompute Module 3\b|\bZero 2\b|\bPi 2 Model B Rev 1\.[2-9]/.test(model);
}
