/** What a card is, by the names in its root, and so what is put on it. */

export type CardKind = 'installer' | 'cloud-init' | 'first-run';

export type CardContent =
  | { readonly ok: true; readonly kind: CardKind }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

/** What systems and file managers leave on a card that is empty all the same. */
const LEFTOVERS =
  /^(?:System Volume Information|\.Trash.*|\.fseventsd|\.Spotlight-V100|\._.*|lost\+found)$/i;

/**
 * `names`: of its root; none for a medium that is still to be formatted. A card with something
 * else on it is refused: it may be anybody's pictures.
 */
export function cardContent(names: readonly string[]): CardContent {
  const own = names.filter((name) => !LEFTOVERS.test(name)).map((name) => name.toLowerCase());
  const has = (name: string): boolean => own.includes(name);
  if (own.length === 0 || has('raspberrypi-ua-netinst')) return { ok: true, kind: 'installer' };
  if (has('config.txt') && has('cmdline.txt')) {
    // The images from Trixie on have examples of the three files.
    const kind = has('user-data') || has('meta-data') || has('network-config');
    return { ok: true, kind: kind ? 'cloud-init' : 'first-run' };
  }
  return {
    ok: false,
    why: `there is something else on it: ${own.slice(0, 5).join(', ')}${own.length > 5 ? ' …' : ''}`,
    remedy: 'Name an empty FAT file system, or a card that Raspberry Pi OS was written to.',
  };
}
