import { describe, expect, it } from 'vitest';
import { isSessionLink, readSessionLink, siteInLink, writeSessionLink } from './session-link.ts';

const id = '5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13';
const site = (endpoint: string, isSandbox = false) => ({ endpoint, isSandbox });
const good = `berth://session?site=lab-a.example.org&id=${id}`;

/** The same picks every time, so that a failure can be had again. */
function picker(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

describe('writing', () => {
  it.each([
    ['https://lab-a.example.org', 'lab-a.example.org'],
    ['https://Lab-A.example.org:8443/', 'lab-a.example.org:8443'],
    ['http://10.0.0.7:8090/backend/', '10.0.0.7:8090/backend'],
    ['https://[fd00::7]:8443', '[fd00::7]:8443'],
  ])('%s is named %s, and is read as that', (endpoint, name) => {
    expect(siteInLink(site(endpoint))).toBe(name);
    expect(readSessionLink(writeSessionLink(site(endpoint), id))).toEqual({ site: name, sessionId: id });
  });

  it('names the local sandbox as such, whatever its port is today', () => {
    expect(writeSessionLink(site('http://127.0.0.1:41213', true), id)).toBe(`berth://session?site=sandbox&id=${id}`);
  });
});

describe('reading', () => {
  it('takes what systems make of a link on its way', () => {
    const wanted = { site: 'lab-a.example.org', sessionId: id };
    for (const link of [
      good,
      ` ${good}\n`,
      `berth://session/?site=lab-a.example.org&id=${id}`,
      `BERTH://Session?id=${id.toUpperCase()}&site=LAB-A.example.org`,
    ])
      expect(readSessionLink(link), link).toEqual(wanted);
  });

  it.each([
    '',
    'berth:',
    'berth://session',
    'berth://session?',
    `berth://session?id=${id}`,
    'berth://session?site=lab-a',
    `${good}&id=${id}`,
    `${good}&site=other`,
    `${good}&terminate=1`,
    `${good}&`,
    `${good}=`,
    `${good}#terminate`,
    `${good} --sandbox`,
    `berth://session/terminate?site=lab-a&id=${id}`,
    `berth://user@session?site=lab-a&id=${id}`,
    `berth://session:80?site=lab-a&id=${id}`,
    `berth://sessions?site=lab-a&id=${id}`,
    `berth://launch?site=lab-a&id=${id}`,
    `https://session?site=lab-a&id=${id}`,
    `berth://session?site=lab-a&id=${id}x`,
    `berth://session?site=lab-a&id=../${id}`,
    `berth://session?site=lab-a&id=${id}%00`,
    'berth://session?site=lab-a&id=*',
    `berth://session?site=&id=${id}`,
    `berth://session?site=kim@lab-a&id=${id}`,
    `berth://session?site=https://lab-a&id=${id}#`,
    `berth://session?site=lab%20a&id=${id}`,
    `berth://session?site=lab%E0%A4%A&id=${id}`,
    `berth://session?site=${encodeURIComponent('läb')}&id=${id}`,
    `berth://session?site=${encodeURIComponent('lab-a\u202e')}&id=${id}`,
    `berth://session?site=${encodeURIComponent('<b>lab</b>')}&id=${id}`,
    `berth://session?site=${encodeURIComponent('lab-a?x=1')}&id=${id}`,
    `berth://session?site=${'a'.repeat(300)}&id=${id}`,
    `${good}${'&'.repeat(4_000)}`,
  ])('refuses %j', (link) => {
    expect(readSessionLink(link)).toBeNull();
  });

  it('whatever is mixed into a link: it is refused, or it names a site and a session by their rules and nothing else', () => {
    const pieces = [
      ...['&', '?', '#', '=', '/', '%', '%2f', '%00', ' ', '\n', '\0', '..', '@', ':', ';', '--sandbox', '-', '\u202e'],
      ...[
        'id',
        'site',
        'berth://',
        'launch',
        'javascript:',
        '<script>',
        '"',
        "'",
        '`',
        '{}',
        '__proto__',
        'ï',
        '💥',
        id,
      ],
    ];
    const next = picker(20_261_125);
    let taken = 0;
    for (let round = 0; round < 20_000; round += 1) {
      let link = good;
      for (let change = next(4); change >= 0; change -= 1) {
        const at = next(link.length + 1);
        const piece = pieces[next(pieces.length)] ?? '';
        link = link.slice(0, at) + (next(3) === 0 ? '' : piece) + link.slice(at + next(3));
      }
      const read = readSessionLink(link);
      if (read === null) continue;
      taken += 1;
      expect(Object.keys(read).sort(), link).toEqual(['sessionId', 'site']);
      expect(read.sessionId, link).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      expect(read.site, link).toMatch(/^[a-z0-9[][a-z0-9.:[\]/_~-]{0,254}$/);
      expect((link.match(/[&#?]/g) ?? []).length, link).toBe(2);
    }
    // Some changes leave a link whole, else this would prove nothing.
    expect(taken).toBeGreaterThan(100);
  });
});

it('a text that wants to be such a link is told from one that wants to be a launch', () => {
  expect([good, 'berth://session', ' BERTH://Session?x', `${good}#x`].map(isSessionLink)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['berth://sessions', 'berth://launch?recipe=x', '{"berthRecipe":1}', 'session'].map(isSessionLink)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
