import { describe, expect, it } from 'vitest';
import { parseAptStatus } from './pull.ts';

describe('parseAptStatus', () => {
  it('counts fetching as the first half and installing as the second', () => {
    expect(parseAptStatus('dlstatus:1:50.0:Retrieving file 3 of 20')).toEqual({
      current: 25,
      total: 100,
      message: 'Retrieving file 3 of 20',
    });
    expect(parseAptStatus('pmstatus:python3-zmq:40.0:Installing: python3-zmq')).toEqual({
      current: 70,
      total: 100,
      message: 'Installing: python3-zmq',
    });
    expect(parseAptStatus('pmstatus:libc6:amd64:1.0:x')).toBeNull();
    expect(parseAptStatus('')).toBeNull();
  });
});
