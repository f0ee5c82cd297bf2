/** Which models raspberrypi-ua-netinst can install (its hardware table and boot files, v2.5.0). */
import { RpiError } from '../errors.ts';

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

export function unsupportedModel(host: string, model: string): RpiError {
  return new RpiError(
    'create.unsupported-model',
    `${host} is a ${model}, which raspberrypi-ua-netinst can't install: it boots models 1 to 4B, Zero, ` +
      'Zero W, Zero 2 W and Compute Modules 1, 3 and 3+.',
    {
      remedy:
        'Write a card with Raspberry Pi Imager (user and ssh key under “Customisation”), then: ' +
        'rpi detect, rpi inventory add, rpi access enroll. rpi provision works on every model.',
    },
  );
}
