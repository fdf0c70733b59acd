/** From somebody who was looked up to what is chosen for them. Pure. */
import type { OwnerChoice } from '../../../../src-preload/contract/launch-spec.ts';
import type { SessionOwner } from '../../../../src-preload/contract/launcher.ts';

/**
 * Their first key, and the project at hand if they are in it, else their first. Of another domain no project can be
 * chosen: its names mean other projects here.
 */
export function ownerChoice(found: SessionOwner, project: string | null): OwnerChoice {
  const theirs = project !== null && found.projects.includes(project) ? project : found.projects[0];
  return {
    email: found.email,
    accessKey: found.accessKeys[0] ?? '',
    ...(found.sameDomain && theirs !== undefined ? { project: theirs } : {}),
  };
}
