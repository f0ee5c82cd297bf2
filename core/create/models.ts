/** What is said of a model that raspberrypi-ua-netinst can't install. */
import { RpiError } from '../errors.ts';

export function unsupportedModel(host: string, model: string): RpiError {
  return new RpiError(
    'create.unsupported-model',
    `${host} is a ${model}, which raspberrypi-ua-netinst can't install: it boots models 1 to 4B, Zero, ` +
      'Zero W, Zero 2 W and Compute Modules 1, 3 and 3+.',
    {
      remedy:
        'Write Raspberry Pi OS to its card (Raspberry Pi Imager), mount that, and give it name, users and keys: ' +
        `rpi create card FOLDER --host ${host}. rpi provision works on every model.`,
    },
  );
}
