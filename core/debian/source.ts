/** A line of apt's sources: where packages come from (sources.list(5), the one-line style). */

export type AptSource = {
  /** With a slash at its end. */
  readonly url: string;
  /** With a slash at its end where the archive is flat: a folder of packages. */
  readonly suite: string;
  readonly components: readonly string[];
  /** `[trusted=yes]`: apt takes it unsigned. */
  readonly trusted: boolean;
  /** As apt weighs it against others; 500 where nobody says. */
  readonly priority: number;
};

/** The `deb` lines of a list; everything else in it is passed over. */
export function parseSources(text: string): AptSource[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, options = '', url, suite, rest = ''] =
      /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line) ?? [];
    if (url === undefined || suite === undefined || !URL.canParse(url)) return [];
    return [
      {
        url: withSlash(url),
        suite,
        components: rest.split(/\s+/).filter((word) => word !== ''),
        trusted: /(?:^|\s)trusted=yes(?:\s|$)/.test(options),
        priority: 500,
      },
    ];
  });
}

export function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** The folder of the suite's Release, with a slash at its end. */
export function suiteUrl({ url, suite }: Pick<AptSource, 'url' | 'suite'>): string {
  return suite.endsWith('/') ? new URL(suite, url).href : `${url}dists/${suite}/`;
}

/** Where the index of a component lies in the suite, without the ending of its compression. */
export function indexPath(suite: string, component: string, architecture: string): string {
  return suite.endsWith('/') ? 'Packages' : `${component}/binary-${architecture}/Packages`;
}

/** A URL as an apt cache such as apt-cacher-ng serves it to those who know of no proxies. */
export function throughCache(url: string, cache: string | undefined): string {
  return cache === undefined ? url : url.replace(/^http:\/\//, `http://${cache}/`);
}
