/**
 * The models that a virtual Pi can be. Revision codes and device-tree names as on the real boards
 * (the revision-code table of Raspberry Pi's documentation; `compatible` from the kernel's dts files).
 */
export type Model = {
  /** The revision code of /proc/cpuinfo, hexadecimal. */
  revision: string;
  /** /proc/device-tree/compatible, most specific first. */
  compatible: readonly [string, string];
  /** What config.txt's section filters call it: `[pi4]`. */
  filter: string;
};

export const models = {
  'Raspberry Pi Model B Plus Rev 1.2': {
    revision: '900032',
    compatible: ['raspberrypi,model-b-plus', 'brcm,bcm2835'],
    filter: 'pi1',
  },
  'Raspberry Pi Zero W Rev 1.1': {
    revision: '9000c1',
    compatible: ['raspberrypi,model-zero-w', 'brcm,bcm2835'],
    filter: 'pi0w',
  },
  'Raspberry Pi Zero 2 W Rev 1.0': {
    revision: '902120',
    compatible: ['raspberrypi,model-zero-2-w', 'brcm,bcm2837'],
    filter: 'pi02',
  },
  'Raspberry Pi 2 Model B Rev 1.1': {
    revision: 'a01041',
    compatible: ['raspberrypi,2-model-b', 'brcm,bcm2836'],
    filter: 'pi2',
  },
  'Raspberry Pi 3 Model B Rev 1.2': {
    revision: 'a02082',
    compatible: ['raspberrypi,3-model-b', 'brcm,bcm2837'],
    filter: 'pi3',
  },
  'Raspberry Pi 3 Model B Plus Rev 1.3': {
    revision: 'a020d3',
    compatible: ['raspberrypi,3-model-b-plus', 'brcm,bcm2837'],
    filter: 'pi3+',
  },
  'Raspberry Pi 4 Model B Rev 1.4': {
    revision: 'c03114',
    compatible: ['raspberrypi,4-model-b', 'brcm,bcm2711'],
    filter: 'pi4',
  },
  'Raspberry Pi 4 Model B Rev 1.5': {
    revision: 'c03115',
    compatible: ['raspberrypi,4-model-b', 'brcm,bcm2711'],
    filter: 'pi4',
  },
  'Raspberry Pi 400 Rev 1.0': {
    revision: 'c03130',
    compatible: ['raspberrypi,400', 'brcm,bcm2711'],
    filter: 'pi400',
  },
  'Raspberry Pi Compute Module 4 Rev 1.0': {
    revision: 'c03140',
    compatible: ['raspberrypi,4-compute-module', 'brcm,bcm2711'],
    filter: 'cm4',
  },
  'Raspberry Pi 5 Model B Rev 1.0': {
    revision: 'd04170',
    compatible: ['raspberrypi,5-model-b', 'brcm,bcm2712'],
    filter: 'pi5',
  },
} as const satisfies Record<string, Model>;

export type ModelName = keyof typeof models;

/** The table's keys, in its order. */
export const modelNames: readonly string[] = Object.keys(models);

export function isModelName(text: string): text is ModelName {
  return Object.hasOwn(models, text);
}
