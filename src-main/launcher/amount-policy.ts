/** Amounts as the wire writes them (API reference, section 4.4): decimal text, memory in bytes or with a binary suffix. */

export const mebibyte = 2 ** 20;
export const gibibyte = 2 ** 30;

const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/** Bytes of `4g`, `512MiB`, `1.5g`, `67108864`; null for what is no finite amount. */
export function parseBytes(text: string): number | null {
  const match = /^([\d.]+(?:e[+-]?\d+)?)\s*([kmgtpe]?)(?:i?b|bytes)?$/i.exec(text.trim().replaceAll(',', ''));
  if (match === null) return null;
  const number = Number(match[1]);
  const power = powers[(match[2] ?? '').toLowerCase()] ?? 0;
  const bytes = Math.round(number * 1024 ** power);
  return Number.isFinite(bytes) ? bytes : null;
}

/** A slot's amount as a number: bytes for memory. Null for `Infinity`, `NaN`, empty and missing: no bound. */
export function parseAmount(slot: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (slot === 'mem') return parseBytes(text);
  if (text.trim() === '') return null;
  const amount = Number(text);
  return Number.isFinite(amount) ? amount : null;
}

/** Automatic shared memory (parity page, P-LIMIT-20), in bytes. */
export function automaticShmemBytes(memBytes: number, minimumMemBytes: number): number {
  return memBytes >= 4 * gibibyte && memBytes >= minimumMemBytes + gibibyte ? gibibyte : 64 * mebibyte;
}
