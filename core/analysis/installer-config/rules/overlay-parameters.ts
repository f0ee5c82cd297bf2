import { assignmentsOf, type LineRule } from '../items.ts';

/** The list is split at commas and blanks, so what belongs to an overlay is torn off it. */
export const overlayParameters: LineRule = {
  code: 'overlay-parameters',
  *check({ statements }, dialect) {
    for (const { name, value = '', valueRange } of assignmentsOf(statements)) {
      if (name !== 'dt_overlays' || dialect.option(name) === undefined) continue;
      if (!/[=:]/.test(value)) continue;
      yield {
        ...valueRange,
        message:
          'Overlays can’t have parameters here: the list is split at commas. Write dtoverlay=… into config/boot/config.txt.',
      };
    }
  },
};
