import { COUNTRIES } from '../../../data/countries.ts';
import { valueFix } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

const MEANT: Readonly<Record<string, string>> = {
  UK: 'GB',
  EN: 'GB',
  USA: 'US',
  GBR: 'GB',
  DEU: 'DE',
};

/** Regulatory domains are ISO 3166-1 codes in capitals; 00 is the world. */
export const unknownCountry: LineRule = {
  code: 'unknown-country',
  *check({ statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) {
      const { name, value = '', valueRange, append } = assignment;
      if (name !== 'wlan_country' || dialect.option(name) === undefined || append) continue;
      if (value === '' || value === '00' || COUNTRIES.has(value)) continue;
      const capitals = value.toUpperCase();
      const meant = MEANT[capitals] ?? (COUNTRIES.has(capitals) ? capitals : undefined);
      yield {
        ...valueRange,
        message:
          meant === undefined
            ? `“${value}” is no country code: two capital letters are wanted, as in GB.`
            : `“${value}” is no country code; ${COUNTRIES.get(meant) ?? meant} is ${meant}.`,
        fixes: meant === undefined ? [] : [valueFix(assignment, meant)],
      };
    }
  },
};
