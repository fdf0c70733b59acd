/**
 * Amounts of a resource slot as exact numbers. Fractions of a GPU must add up (0.1 + 0.2), so nothing here is a float.
 */

/** Millionths of a unit. */
export type Amount = bigint;

const scale = 1_000_000n;
const scaleDigits = 6;

const decimal = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/;

/** A decimal number as an amount; `null` when the text is none or is finer than a millionth. */
export function readDecimal(text: string): Amount | null {
  const parts = decimal.exec(text.trim());
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = scaleDigits + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  if (shift < 0) {
    const divisor = 10n ** BigInt(-shift);
    if (digits % divisor !== 0n) return null;
    return sign === '-' ? -(digits / divisor) : digits / divisor;
  }
  const value = digits * 10n ** BigInt(shift);
  return sign === '-' ? -value : value;
}

/** Plain decimal text without trailing zeros, as managers print it. */
export function showAmount(amount: Amount): string {
  const sign = amount < 0n ? '-' : '';
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % scale).toString().padStart(scaleDigits, '0').replace(/0+$/, '');
  return `${sign}${size / scale}${fraction === '' ? '' : `.${fraction}`}`;
}

export const units = (count: number | bigint): Amount => BigInt(count) * scale;

const binaryPowers: Readonly<Record<string, bigint>> = { '': 0n, k: 1n, m: 2n, g: 3n, t: 4n, p: 5n, e: 6n };
const binarySize = /^([\d_]+(?:\.\d+)?)\s*([kmgtpe]?)(?:i?b(?:ytes?)?)?$/i;

/** A memory size such as `4g`, `1.5GiB` or `67108864`; `null` when it is none. A fraction of a byte is none. */
export function readBinarySize(text: string): Amount | null {
  const parts = binarySize.exec(text.trim());
  if (parts === null) return null;
  const power = binaryPowers[(parts[2] ?? '').toLowerCase()];
  const number = readDecimal((parts[1] ?? '').replaceAll('_', ''));
  if (power === undefined || number === null) return null;
  if (power === 0n && number % scale !== 0n) return null;
  const bytes = (number * 1024n ** power) / scale;
  return bytes * scale;
}

/** Whole bytes of a memory amount. */
export const wholeUnits = (amount: Amount): bigint => amount / scale;
