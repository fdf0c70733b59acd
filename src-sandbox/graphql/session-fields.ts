/**
 * Which fields of a session a filter or an order may name, and the order when none is asked for.
 */
import type { Face } from '../face.ts';
import { compileFilter, type Fields } from '../minilang/evaluate.ts';
import { parseFilter } from '../minilang/filter.ts';
import { compileOrder, parseOrder } from '../minilang/order.ts';
import {
  clusterModes,
  type Session,
  type SessionStatus,
  sessionResults,
  sessionStatuses,
  sessionTypes,
} from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { domainName } from '../site-facts.ts';
import { agentIds } from './session-view.ts';

/** PREPARED and CREATING are not known below 24.12, and naming an unknown status fails the query. */
export function knownStatuses(face: Face): readonly SessionStatus[] {
  if (face.since('24.12')) return sessionStatuses;
  return sessionStatuses.filter((status) => status !== 'PREPARED' && status !== 'CREATING');
}

function commonFields(site: Site): Fields<Session> {
  const same = (value: string) => () => value;
  return {
    id: { kind: 'text', get: (session) => session.id },
    type: { kind: 'enum', members: sessionTypes, get: (session) => session.order.type },
    name: { kind: 'text', get: (session) => session.name },
    priority: { kind: 'number', get: (session) => session.order.priority },
    image: { kind: 'list', get: (session) => [session.image.reference] },
    agent_ids: { kind: 'list', get: agentIds },
    domain_name: { kind: 'text', get: same(domainName) },
    user_id: { kind: 'text', get: (session) => session.owner.userId },
    full_name: { kind: 'text', get: (session) => session.owner.fullName },
    group_name: { kind: 'text', get: (session) => session.order.project.name },
    user_email: { kind: 'text', get: (session) => session.owner.email },
    access_key: { kind: 'text', get: (session) => session.owner.accessKey },
    scaling_group: { kind: 'text', get: (session) => session.order.resourceGroup },
    cluster_mode: { kind: 'enum', members: clusterModes, get: (session) => session.order.clusterMode },
    cluster_size: { kind: 'number', get: (session) => session.order.clusterSize },
    status: { kind: 'enum', members: knownStatuses(site.face), get: (session) => session.status },
    status_info: { kind: 'text', get: (session) => session.statusInfo },
    result: { kind: 'enum', members: sessionResults, get: (session) => session.result },
    created_at: { kind: 'time', get: (session) => session.createdAt },
    terminated_at: { kind: 'time', get: (session) => session.terminatedAt },
    starts_at: { kind: 'time', get: (session) => session.order.startsAt },
    scheduled_at: { kind: 'time', get: (session) => session.scheduledAt },
    startup_command: { kind: 'text', get: (session) => session.order.startupCommand },
  };
}

export interface SessionQueries {
  readonly list: Fields<Session>;
  readonly nodes: Fields<Session>;
}

export function sessionFields(site: Site): SessionQueries {
  const common = commonFields(site);
  const agents = { kind: 'list', get: agentIds } as const;
  return {
    list: { ...common, agent_id: agents, agents },
    nodes: {
      ...common,
      images: { kind: 'list', get: (session) => [session.image.reference] },
      project_id: { kind: 'text', get: (session) => session.order.project.id },
    },
  };
}

/** Newest first, by whatever happened last. */
function byRecency(a: Session, b: Session): number {
  return Math.max(b.createdAt, b.terminatedAt ?? 0) - Math.max(a.createdAt, a.terminatedAt ?? 0);
}

/** Sessions that pass, in order. Throws MinilangError. */
export function selectSessions(
  sessions: Iterable<Session>,
  fields: Fields<Session>,
  filter: string | null | undefined,
  order: string | null | undefined,
): readonly Session[] {
  const rows = [...sessions];
  const passing = filter == null ? rows : rows.filter(compileFilter(parseFilter(filter), fields));
  return passing.sort(order == null ? byRecency : compileOrder(parseOrder(order), fields));
}
