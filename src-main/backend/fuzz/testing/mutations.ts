/** Ways to spoil a good answer, driven by a seeded random source: the same seed spoils the same way. */

export type Random = () => number;

/** Mulberry32: small, fast, good enough to choose with. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oneOf<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(random() * list.length)] ?? list[0];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Text that goes into JSON as it is: what `JSON.stringify` would never write. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const deep = 20_000;
const hostile: readonly [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  0,
  2 ** 53,
  '',
  'x',
  '0',
  '-1',
  '1e999',
  'Infinity',
  'NaN',
  'null',
  '{}',
  '[]',
  '{"a":',
  '\ud800',
  '\u0000',
  '../../etc/passwd',
  '1970-01-01T00:00:00',
  '9999-99-99',
  'x'.repeat(20_000),
  [],
  [[]],
  [null],
  {},
  { length: -1 },
  { toString: 1, valueOf: 1, toJSON: 1 },
  new Raw('1e999'),
  new Raw('-1e999'),
  new Raw('NaN'),
  new Raw('Infinity'),
  new Raw('123456789012345678901234567890'),
  new Raw('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  new Raw('{"a":1,"a":2}'),
  new Raw(`${'['.repeat(deep)}${']'.repeat(deep)}`),
  new Raw(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`),
];

function write(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${write(item)}`)
    .join(',')}}`;
}

/** Replaces one place of the tree. JSON inside of text is entered, as this wire has it everywhere. */
function spoil(value: unknown, random: Random): unknown {
  if (typeof value === 'string' && /^[[{]/.test(value) && random() < 0.7) {
    try {
      return write(spoil(JSON.parse(value), random));
    } catch {
      // Looks like JSON and is none: to be replaced as it is.
    }
  }
  const isTree = typeof value === 'object' && value !== null && !(value instanceof Raw);
  if (!isTree || Object.keys(value).length === 0 || random() < 0.06) return oneOf(random, hostile);
  if (Array.isArray(value)) return spoilArray([...value], random);
  const entries = Object.entries(value);
  const at = Math.floor(random() * entries.length);
  const [name, item] = entries[at] ?? ['', null];
  const dice = random();
  if (dice < 0.08) entries.splice(at, 1);
  else if (dice < 0.12) entries.push([name.toUpperCase(), item]);
  else if (dice < 0.16) entries[at] = [`${name}_`, item];
  else if (dice < 0.2) return new Raw(write(value).replace(/^\{/, `{${JSON.stringify(name)}:null,`));
  else entries[at] = [name, spoil(item, random)];
  return Object.fromEntries(entries);
}

function spoilArray(items: unknown[], random: Random): unknown {
  const at = Math.floor(random() * items.length);
  const dice = random();
  if (dice < 0.05) return [];
  // Not of something huge: 300 of those only measure how fast JSON can be parsed.
  if (dice < 0.1 && write(items[at]).length < 2_000) return Array.from({ length: 300 }, () => items[at]);
  if (dice < 0.15) return { ...items };
  items[at] = spoil(items[at], random);
  return items;
}

function structural(answer: Answer, random: Random): Answer {
  let value: unknown;
  try {
    value = JSON.parse(answer.body.toString('utf8'));
  } catch {
    // No JSON to begin with (a file, a key): its bytes are spoiled instead.
    return bytes(answer, random);
  }
  let spoiled = value;
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) spoiled = spoil(spoiled, random);
  return { ...answer, body: Buffer.from(write(spoiled)) };
}

function bytes(answer: Answer, random: Random): Answer {
  const body = Buffer.from(answer.body);
  for (let count = 1 + Math.floor(random() * 8); count > 0 && body.byteLength > 0; count--) {
    body[Math.floor(random() * body.byteLength)] = Math.floor(random() * 256);
  }
  return { ...answer, body };
}

function cut(answer: Answer, random: Random): Answer {
  return { ...answer, body: answer.body.subarray(0, Math.floor(random() * answer.body.byteLength)) };
}

function insert(answer: Answer, random: Random): Answer {
  const at = Math.floor(random() * answer.body.byteLength);
  const junk = Buffer.from(
    oneOf(random, ['"', '\\', '{', ']', '\u0000', '\ufeff', '"\\"'.repeat(5_000), 'NaN', ',,', '<html>']),
  );
  return { ...answer, body: Buffer.concat([answer.body.subarray(0, at), junk, answer.body.subarray(at)]) };
}

function whole(answer: Answer, random: Random): Answer {
  const text = oneOf(random, [
    '',
    'null',
    'true',
    '0',
    '"text"',
    '[]',
    '{}',
    '{"data":null}',
    '{"data":{}}',
    '{"errors":[{}]}',
    '{"errors":null,"data":[]}',
    '<!DOCTYPE html><html><body>Sign in to the network</body></html>',
    '\u0000\u0001\u0002',
    `"${'\\"'.repeat(100_000)}`,
    '['.repeat(100_000),
    'NaN',
  ]);
  return { ...answer, body: Buffer.from(text) };
}

const slugs: readonly [string, ...string[]] = ['auth-failed', 'object-not-found', 'invalid-auth-params', 'x', ''];

function refusal(answer: Answer, random: Random): Answer {
  const status = oneOf(
    random,
    [200, 201, 204, 301, 302, 400, 401, 403, 404, 405, 409, 412, 429, 500, 501, 502, 503, 599],
  );
  const problem = {
    type: `https://api.backend.ai/probs/${oneOf(random, slugs)}`,
    title: 't',
    msg: 'm',
    data: { a: 'b' },
  };
  const headers = {
    'content-type': oneOf(random, ['application/problem+json', 'text/html', 'nonsense', '']),
    date: oneOf(random, [new Date(0).toUTCString(), 'never', new Date().toUTCString()]),
    location: oneOf(random, ['/login', 'http://elsewhere.example/', ':::', '']),
    'retry-after': oneOf(random, ['1', '-1', '1e9', 'soon']),
  };
  const body = random() < 0.5 ? Buffer.from(write(spoil(problem, random))) : answer.body;
  return { status, headers, body };
}

const ways: readonly [(answer: Answer, random: Random) => Answer, ...((answer: Answer, random: Random) => Answer)[]] = [
  structural,
  structural,
  structural,
  structural,
  bytes,
  cut,
  insert,
  whole,
  refusal,
];

export function mutate(answer: Answer, random: Random): Answer {
  return oneOf(random, ways)(answer, random);
}
