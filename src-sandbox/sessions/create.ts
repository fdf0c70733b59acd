/**
 * `POST /session`: from a validated body to a session in the queue, and the answer that tells of it.
 */
import type { Account } from '../auth/account.ts';
import type { Face } from '../face.ts';
import type { FolderStore } from '../folders/folder-store.ts';
import { badParameters, notFound, Problem } from '../http/problem.ts';
import { architecture, type Image, type ImageCatalog } from '../images/catalog.ts';
import { domainName, projectName, resourceGroup } from '../site-facts.ts';
import type { CreateBody } from './create-body.ts';
import { planMounts, sourceOf } from './plan-mounts.ts';
import { planResources } from './plan-resources.ts';
import { publicServices } from './services.ts';
import { isOver, type Session } from './session.ts';
import type { SessionService } from './session-service.ts';

/** Ports inside a container that belong to the platform. */
const takenPorts = new Set([2000, 2001, 2002, 2003, 2200, 7681]);
/** From 25.13 to 26.3 managers wait this long whatever positive `maxWaitSeconds` says. */
const fixedWaitMs = 60_000;

export interface CreateContext {
  readonly face: Face;
  readonly owner: Account;
  readonly images: ImageCatalog;
  readonly folders: FolderStore;
  readonly sessions: SessionService;
}

function checkScope(body: CreateBody, context: CreateContext): void {
  if (body.domain !== domainName) throw badParameters('Invalid domain');
  if (body.group !== projectName) throw badParameters('Invalid group');
  if (body.ownerAccessKey !== null && body.ownerAccessKey !== context.owner.accessKey) {
    throw new Problem(403, 'generic-forbidden', 'Forbidden operation.', {
      msg: 'Only admins may create sessions for others.',
    });
  }
  const { scalingGroup, agentList } = body.config;
  if (scalingGroup !== null && scalingGroup !== resourceGroup) {
    throw new Problem(400, 'no-available-scaling-group', 'No available resource groups.', {
      msg: `The resource group ${scalingGroup} is not allowed for the project ${projectName}.`,
    });
  }
  if (agentList !== null) {
    throw new Problem(403, 'insufficient-privilege', 'Insufficient privilege.', {
      msg: 'You are not allowed to manually assign agents for your session.',
    });
  }
}

function checkKind(body: CreateBody, context: CreateContext): void {
  if (body.type !== 'interactive') {
    const why =
      body.type === 'batch'
        ? 'The local sandbox runs interactive sessions only.'
        : 'The role of the image does not fit.';
    throw badParameters(`Cannot create a session of the type ${body.type} from this image. ${why}`);
  }
  const most = context.sessions.usage.policyOf(context.owner).maxContainersPerSession;
  if (body.clusterSize > most) {
    throw new Problem(
      context.face.since('25.15.1') ? 400 : 412,
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
function findDependencies(references: readonly string[], { sessions, owner }: CreateContext): readonly string[] {
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
  const { images, folders, sessions, face, owner } = context;
  checkScope(body, context);
  const image = await images.find(body.image);
  const wanted = { amd64: 'x86_64', arm64: 'aarch64' }[body.architecture] ?? body.architecture;
  if (image === null || wanted !== architecture) throw notFound('image');
  const existing = sessions.store.liveByName(body.name, owner);
  if (existing !== null) return reuse(existing, body, image);
  checkKind(body, context);
  checkPorts(body.config.preopenPorts, image);
  const plan = planResources(body.config.resources, body.config.shmem, image);
  const mounts = planMounts(body.config, folders.list(owner.userId));
  for (const mount of mounts) await sourceOf(mount, folders);
  // Looking at the folders took a moment, in which another request may have taken the name.
  const rival = sessions.store.liveByName(body.name, owner);
  if (rival !== null) return reuse(rival, body, image);
  const session = sessions.enqueue({
    owner,
    name: body.name,
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
    dependencies: findDependencies(body.dependencies, context),
  });
  if (body.enqueueOnly) return answer(session, true);
  const limitMs = face.since('25.13') ? fixedWaitMs : body.maxWaitSeconds * 1000;
  await sessions.settled(session, body.maxWaitSeconds === 0 ? null : limitMs);
  if (face.since('25.13') && isOver(session)) throw notFound('session');
  const timedOut = session.status !== 'RUNNING' && session.status !== 'ERROR' && !isOver(session);
  return answer(session, true, timedOut);
}
