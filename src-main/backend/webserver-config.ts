/** The few values of a webserver's `/config.toml` that matter before a sign-in (API reference, section 2.6). */

export interface WebserverConfig {
  /** Single sign-on services that the site's web page offers. */
  readonly singleSignOn: readonly string[];
  /** The running sign-in can be made longer. */
  readonly canExtend: boolean;
  /** What the site calls itself; empty when it does not. */
  readonly description: string;
}

/** Null when the text is no such file; a webserver that hosts no web page answers a page for it. */
export function readWebserverConfig(text: string): WebserverConfig | null {
  if (!/^\s*\[general\]/m.test(text)) return null;
  const general = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[([^\]]+)\]/.exec(line)?.[1] ?? section;
    const match = /^\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\[[^\]]*\]|[^#\s]+))/.exec(line);
    const [, key = '', quoted, literal, bare] = match ?? [];
    // Old templates write a key twice, which strict parsers refuse: the first one counts.
    if (section === 'general' && key !== '' && !general.has(key)) general.set(key, quoted ?? literal ?? bare ?? '');
  }
  return {
    singleSignOn: [...(general.get('singleSignOnVendors') ?? '').matchAll(/[\w.-]+/g)]
      .map((match) => match[0])
      .slice(0, 10),
    canExtend: general.get('enableExtendLoginSession')?.toLowerCase() === 'true',
    description: (general.get('siteDescription') ?? '').slice(0, 200),
  };
}
