/** What the create call is asked, from choices that a verdict has found sound: one input a session. Pure. */
import type { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import type { LauncherRules } from '../../../src-preload/contract/launcher.ts';
import type { MountOptions, StartInput } from '../../../src-preload/contract/sessions.ts';
import { mibBytes } from './amount-policy.ts';
import { readLocal, timeoutSeconds, withOffset } from './batch-policy.ts';
import { environOf } from './environ-policy.ts';
import type { Form } from './form-policy.ts';
import { sessionNames } from './name-policy.ts';
import { readCount, timesOf } from './spec-policy.ts';

/** Null while something is missing; then the verdict says what. `random` answers in [0, 1). */
export function startInputs(
  accountId: string,
  spec: LaunchSpec,
  form: Form,
  rules: LauncherRules,
  random: () => number,
): StartInput[] | null {
  const { image, project, resourceGroup, ticks, shmem } = form;
  if (!image || !project || !resourceGroup || ticks.cpu === null || ticks.mem === null || ticks.gpu === null)
    return null;
  if (shmem.mib === null || form.verdict.kind === 'cannot' || form.verdict.kind === 'checking') return null;
  const { containers } = timesOf(spec);
  const environ = environOf(spec.environ, spec.threads);
  const input: Omit<StartInput, 'name'> = {
    accountId,
    image: image.version.image,
    architecture: image.version.architecture,
    project,
    resourceGroup,
    slots: form.slots,
    shmemBytes: shmem.mib * mibBytes,
    mounts: spec.mounts.map(({ id }) => id),
    // Of one container there is only one way to lay it out (P-LAUNCH-42).
    clusterMode: containers > 1 ? spec.clusterMode : 'single-node',
    clusterSize: containers,
    ...mountOptions(spec, form, rules),
    ...(Object.keys(environ).length > 0 ? { environ } : {}),
    ...(form.ports.ports.length > 0 ? { preopenPorts: form.ports.ports } : {}),
    ...batch(spec),
    ...(spec.bootstrap.trim() === '' ? {} : { bootstrapScript: spec.bootstrap }),
    ...(rules.priority && spec.priority.trim() !== '' ? { priority: Number(spec.priority) } : {}),
    ...(spec.dependencies.length > 0 ? { dependencies: spec.dependencies } : {}),
    ...(rules.owner && spec.owner ? { ownerAccessKey: spec.owner.accessKey.trim() } : {}),
    ...(rules.agents && spec.agents.length > 0 ? { agents: spec.agents } : {}),
  };
  return sessionNames(form.name, readCount(spec.count) ?? 1, random).map((name) => ({ ...input, name }));
}

function mountOptions(spec: LaunchSpec, form: Form, rules: LauncherRules): Pick<StartInput, 'mountOptions'> {
  const options: Record<string, MountOptions> = {};
  for (const { id, alias, readOnly } of spec.mounts) {
    const folder = form.mountFacts.folders?.find((it) => it.id === id);
    const option: MountOptions = {
      ...(alias.trim() === '' ? {} : { target: alias.trim() }),
      // A folder that is read-only anyway needs no word, and older managers know none.
      ...(readOnly && rules.readOnlyMounts && folder?.permission !== 'ro' ? { readOnly: true } : {}),
    };
    if (Object.keys(option).length > 0) options[id] = option;
  }
  return Object.keys(options).length > 0 ? { mountOptions: options } : {};
}

function batch({ type, batch: { command, startsAt, timeout } }: LaunchSpec): Partial<StartInput> {
  if (type !== 'batch') return {};
  const start = startsAt === null ? null : readLocal(startsAt);
  const seconds = timeoutSeconds(timeout);
  return {
    type,
    startupCommand: command,
    ...(start === null ? {} : { startsAt: withOffset(start) }),
    ...(seconds === null ? {} : { batchTimeout: String(seconds) }),
  };
}
