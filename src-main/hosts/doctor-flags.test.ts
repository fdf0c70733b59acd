import { describe, expect, it } from 'vitest';
import { parseDoctorFlags } from './doctor-flags.ts';

describe('parseDoctorFlags', () => {
  it('reads what there is', () => {
    expect(parseDoctorFlags(['--endpoint', 'https://a', '--json'])).toEqual({
      ok: true,
      flags: { endpoint: 'https://a', json: true, keysFromStdin: false },
    });
    expect(parseDoctorFlags(['--keys-from-stdin', '--endpoint=https://a?b=c'])).toEqual({
      ok: true,
      flags: { endpoint: 'https://a?b=c', json: false, keysFromStdin: true },
    });
  });

  it.each([
    [[]],
    [['--json']],
    [['--endpoint']],
    [['--endpoint', '--json']],
    [['--endpoint', 'a', '--endpoint', 'b']],
    [['--endpoint', 'a', '--json=yes']],
    [['--endpoint', 'a', '--secret-key', 'x']],
    [['https://a']],
  ])('refuses %j in one sentence', (argv) => {
    const result = parseDoctorFlags(argv);
    expect(result).toMatchObject({ ok: false, message: expect.stringMatching(/doctor --endpoint URL/) });
  });
});
