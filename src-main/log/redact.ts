/** Takes secrets out of what goes to the log: by value where Berth knows the value, by name where a field's name gives it away. */

export const redactedMark = '[redacted]';

/** Names whose values are never logged, compared without case and punctuation. `keyPath` and `hostKey` are no secrets. */
const secretName =
  /(authorization|cookie|token|secret|passwo?r?d|passphrase|passwd|credential|otp|privatekey|secretkey|accesskey|signature|apikey)$/;
const secretExactly = new Set(['key', 'keys', 'auth', 'pem', 'sid']);

/** Values shorter than this are not looked for: they would blot out ordinary words. */
const minSecretLength = 6;

/** What stands inside free text in front of a secret, e.g. `Authorization: BackendAI ...` or `token=...`. */
const secretInText: readonly [RegExp, string][] = [
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n]+/gi, `$1$2${redactedMark}`],
  [
    /\b([\w-]*(?:token|secret|passwo?r?d|passphrase|credential|api[_-]?key|access[_-]?key|secret[_-]?key))(["']?\s*[:=]\s*["']?)[^\s"'&,;}]+/gi,
    `$1$2${redactedMark}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redactedMark],
  [/(\/enter#)[\w-]+/g, `$1${redactedMark}`],
];

/** True when a field of this name must not be logged. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return secretExactly.has(plain) || secretName.test(plain);
}

/** Remembers secret values, in memory only, so that they can be taken out wherever they turn up. */
export class Redactor {
  readonly #values = new Set<string>();
  #pattern: RegExp | null = null;

  /** From now on this value is not logged, nor its JSON, URL or base64 spelling. */
  add(value: string): void {
    if (value.length < minSecretLength) return;
    this.#values.add(value);
    this.#values.add(JSON.stringify(value).slice(1, -1));
    this.#values.add(encodeURIComponent(value));
    this.#values.add(Buffer.from(value).toString('base64').replace(/=+$/, ''));
    this.#pattern = null;
  }

  text(text: string): string {
    let result = text;
    // SECURITY: known secrets leave the text before anything else looks at it (redact.test.ts, "by value").
    if (this.#values.size > 0) {
      this.#pattern ??= new RegExp(
        [...this.#values]
          .sort((a, b) => b.length - a.length)
          .map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('|'),
        'g',
      );
      result = result.replace(this.#pattern, redactedMark);
    }
    // SECURITY: and what its label gives away (redact.test.ts, "in free text").
    for (const [pattern, replacement] of secretInText) result = result.replace(pattern, replacement);
    return result;
  }
}
