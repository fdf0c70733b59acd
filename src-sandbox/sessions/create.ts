/**
 * `POST /session`: from a validated body to a session in the queue, and the answer that tells of it.
 */
import type { Account } from '../auth/account.ts';
import { folderHost } from '../folders/folder-store.ts';
import { checkHostPermission } from '../folders/host-permissions.ts';
import { badParameters, notFound, Problem } from '../http/problem.ts';
import { architecture, type Image } from '../images/catalog.ts';
import { projectNamed, type Site } from '../site.ts';
import { domainName, type Project } from '../site-facts.ts';
import { agentOf } from '../slots/capacity.ts';
import type { CreateBody } from './create-body.ts';
import { planMounts, sourceOf } from './plan-mounts.ts';
import { planResources } from './plan-resources.ts';
import { publicServices } from './services.ts';
import { isOver, type Session } from './session.ts';

/** Ports inside a container that belong to the platform. */
const takenPorts = new Set([2000, 2001, 2002, 2003, 2200, 7681]);
/** From 25.13 to 26.3 managers wait this long whatever positive `maxWaitSeconds` says. */
const fixedWaitMs = 60_000;

export interface CreateContext {
  readonly site: Pick<Site, 'face' | 'projects' | 'images' | 'customized' | 'folders' | 'sessions'>;
  readonly owner: Account;
}

/** The project and the resource group in which the session will be. Throws a Problem for one that is not allowed. */
function checkScope(body: CreateBody, context: CreateContext): { readonly project: Project; readonly group: string } {
  if (body.domain !== domainName) throw badParameters('Invalid domain');
  const project = projectNamed(context.site, context.owner, body.group);
  if (project === null) throw badParameters('Invalid group');
  const { scalingGroup, agentList } = body.config;
  const group = scalingGroup ?? project.resourceGroups[0];
  if (group === undefined || !project.resourceGroups.includes(group)) {
    throw new Problem(400, 'no-available-scaling-group', 'No available resource groups.', {
      msg: `The resource group ${scalingGroup} is not allowed for the project ${project.name}.`,
    });
  }
  // This site does not hide its agents, so anybody may choose: there is one in each group.
  const stranger = agentList?.find((agent) => agent !== agentOf(group));
  if (stranger !== undefined) throw badParameters(`There is no agent ${stranger} in the resource group ${group}.`);
  return { project, group };
}

function checkKind(body: CreateBody, context: CreateContext): void {
  if (body.type !== 'interactive' && body.type !== 'batch') {
    throw badParameters(`Cannot create a session of the type ${body.type} from this image: its role is COMPUTE.`);
  }
  if (body.type === 'batch' && !body.startupCommand) {
    throw badParameters('You must set the startup command for a batch session');
  }
  if (body.type === 'interactive' && body.startsAt !== null) {
    throw badParameters('Parameter starts_at should be used only for batch sessions');
  }
  if (body.type === 'interactive' && body.batchTimeout !== null) {
    throw badParameters('Parameter batch_timeout should be used only for batch sessions');
  }
  const most = context.site.sessions.usage.policyOf(context.owner).maxContainersPerSession;
  if (body.clusterSize > most) {
    throw new Problem(
      context.site.face.since('25.15.1') ? 400 : 412,
      'quota-exceeded',
      'You have reached your resource limit.',
      {
        msg: `You cannot create session with more than ${most} containers.`,
      },
    );
  }
}

function checkPorts(ports: readonly number[], image: Image): void {
  const services = new Set(image.environment.services.flatMap(({ containerPorts }) => containerPorts));
  for (const [index, port] of ports.entries()) {
    if (takenPorts.has(port)) throw badParameters(`Preopen port ${port} is reserved for internal use.`);
    if (ports.indexOf(port) !== index) throw badParameters(`Preopen port ${port} is given twice.`);
    if (services.has(port)) throw badParameters(`Preopen port ${port} overlaps with a service port of the image.`);
  }
}

/** Dependencies by UUID or name; the session waits until each ended with success. */
function findDependencies(
  references: readonly string[],
  { site: { sessions }, owner }: CreateContext,
): readonly string[] {
  return references.map((reference) => {
    try {
      return sessions.store.find(reference, owner).id;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw badParameters('Unknown session ID or name in the dependency list', { session_ref: reference });
    }
  });
}

function answer(session: Session, created: boolean, timedOut = false): Record<string, unknown> {
  const services = session.status === 'RUNNING' ? publicServices(session) : [];
  return {
    sessionId: session.id,
    sessionName: session.name,
    status: timedOut ? 'TIMEOUT' : session.status,
    servicePorts: services,
    ...(created ? {} : { service_ports: services }),
    created,
  };
}

const unitMs: Readonly<Record<string, number>> = {
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: 2_592_000_000,
  yr: 31_536_000_000,
};

/** A duration such as `2h` in milliseconds, a bare number being seconds; `null` when it is none. */
function durationMs(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(yr|mo|[wdhms]?)$/.exec(text) ?? [];
  return number === '' ? null : Number(number) * (unitMs[unit] ?? 1000);
}

/** When a batch session may start: a moment, or a duration from now. Throws 400 for anything else. */
function readStart(text: string | null, now: number): number | null {
  if (text === null) return null;
  const span = durationMs(text);
  if (span !== null) return now + span;
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw badParameters('Invalid datetime format');
  return moment;
}

function reuse(session: Session, body: CreateBody, image: Image): Record<string, unknown> {
  if (body.reuseIfExists && session.image.reference === image.reference) return answer(session, false);
  throw new Problem(
    400,
    'session-already-exists',
    'The session already exists but you requested not to reuse existing one.',
    { data: { existingSessionId: session.id } },
  );
}

/** Resolves with the body of the 201. Throws a Problem. */
export async function createSession(body: CreateBody, context: CreateContext): Promise<Record<string, unknown>> {
  const { site, owner } = context;
  const { images, folders, sessions, face } = site;
  const { project, group } = checkScope(body, context);
  const own = site.customized.list(owner, await images.list());
  const image = (await images.find(body.image)) ?? own.find(({ reference }) => reference === body.image) ?? null;
  const wanted = { amd64: 'x86_64', arm64: 'aarch64' }[body.architecture] ?? body.architecture;
  if (image === null || wanted !== architecture) throw notFound('image');
  const existing = sessions.store.liveByName(body.name, owner);
  if (existing !== null) return reuse(existing, body, image);
  checkKind(body, context);
  checkPorts(body.config.preopenPorts, image);
  const plan = planResources(body.config.resources, body.config.shmem, image);
  if (body.config.mounts.length + body.config.mountIds.length > 0) {
    const { hostPermissions } = sessions.usage.policyOf(owner);
    checkHostPermission(hostPermissions, 'mount-in-session', folderHost, face);
  }
  const mounts = planMounts(body.config, folders.list(owner.userId));
  for (const mount of mounts) await sourceOf(mount, folders);
  // Looking at the folders took a moment, in which another request may have taken the name.
  const rival = sessions.store.liveByName(body.name, owner);
  if (rival !== null) return reuse(rival, body, image);
  const session = sessions.enqueue({
    owner,
    project,
    resourceGroup: group,
    name: body.name,
    type: body.type === 'batch' ? 'BATCH' : 'INTERACTIVE',
    clusterMode: body.clusterMode,
    clusterSize: body.clusterSize,
    image,
    tag: body.tag,
    priority: body.priority,
    requested: plan.requested,
    shmem: plan.shmem,
    environ: body.config.environ,
    mounts,
    preopenPorts: body.config.preopenPorts,
    bootstrapScript: body.bootstrapScript ?? (owner.bootstrapScript === '' ? null : owner.bootstrapScript),
    startupCommand: body.startupCommand,
    startsAt: readStart(body.startsAt, Date.now()),
    batchTimeoutMs: body.batchTimeout === null ? null : durationMs(String(body.batchTimeout)),
    dependencies: findDependencies(body.dependencies, context),
  });
  if (body.enqueueOnly) return answer(session, true);
  const limitMs = face.since('25.13') ? fixedWaitMs : body.maxWaitSeconds * 1000;
  await sessions.settled(session, body.maxWaitSeconds === 0 ? null : limitMs);
  if (face.since('25.13') && isOver(session)) throw notFound('session');
  const timedOut = session.status !== 'RUNNING' && session.status !== 'ERROR' && !isOver(session);
  return answer(session, true, timedOut);
}
