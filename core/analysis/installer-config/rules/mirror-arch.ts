import type { FileRule } from '../items.ts';
import { valueFix, writeValue } from '../edits.ts';

const RASPBIAN = 'http://mirrordirector.raspbian.org/raspbian/';
const DEBIAN = 'http://deb.debian.org/debian';

/** armhf is checked with Raspbian’s keys only, arm64 with Debian’s only. */
export const mirrorArch: FileRule = {
  code: 'mirror-arch',
  *check({ dialect, assignment, value }) {
    const written = assignment('mirror');
    const mirror = value('mirror');
    const arch = dialect.option('arch') === undefined ? 'armhf' : value('arch');
    if (written === undefined || mirror === undefined || written.value === '') return;
    const kind = archiveOf(mirror);
    const wanted = arch === 'arm64' ? 'Debian' : arch === 'armhf' ? 'Raspbian' : undefined;
    if (kind === undefined || wanted === undefined || kind === wanted) return;
    const other = assignment('arch');
    const otherArch = kind === 'Debian' ? 'arm64' : 'armhf';
    yield {
      ...written.valueRange,
      message: `This is a mirror of ${kind}, but arch=${arch ?? ''} is installed from ${wanted} only: its signatures don’t fit.`,
      ...(other === undefined
        ? {}
        : { related: [{ message: 'arch is set here.', ...other.range }] }),
      fixes: [
        valueFix(written, wanted === 'Debian' ? DEBIAN : RASPBIAN),
        ...(dialect.option('arch') === undefined
          ? []
          : [
              {
                title: `Write arch=${otherArch}`,
                edits: [
                  other === undefined
                    ? {
                        start: written.range.end,
                        end: written.range.end,
                        text: ` arch=${otherArch}`,
                      }
                    : writeValue(other, otherArch),
                ],
              },
            ]),
      ],
    };
  },
};

/** By its address; undefined where that does not tell. */
function archiveOf(mirror: string): 'Debian' | 'Raspbian' | undefined {
  if (/raspbian/i.test(mirror)) return 'Raspbian';
  return /debian/i.test(mirror) ? 'Debian' : undefined;
}
