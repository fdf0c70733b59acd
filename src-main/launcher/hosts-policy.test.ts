import { expect, it } from 'vitest';
import { folderHostsOf } from './hosts-policy.ts';

const hosts = { defaultHost: 'a', hosts: [{ name: 'a' }, { name: 'b' }] };

it('offers hosts that let folders be made, and names those that let them be mounted', () => {
  const granting = [{ hosts: { a: ['mount-in-session'], b: [] } }, { hosts: { b: ['create-vfolder'] } }];
  expect(folderHostsOf(hosts, granting)).toEqual({ default: 'b', hosts: ['b'], mountable: ['a'] });
  expect(folderHostsOf(hosts, [{ hosts: { a: ['create-vfolder'], b: ['create-vfolder'] } }]).default).toBe('a');
});

it('leaves it to the manager where no permissions are told', () => {
  const open = { default: 'a', hosts: ['a', 'b'], mountable: null };
  expect(folderHostsOf(hosts, [{ hosts: { a: null } }])).toEqual(open);
  expect(folderHostsOf(hosts, [{ hosts: {} }])).toEqual(open);
});
