/**
 * A session as `compute_session_list` shows it. Getters, so that a page of 500 pays only for the fields that it asks for.
 */
import { architecture, registry } from '../images/catalog.ts';
import { liveStat, refreshUsage } from '../sessions/live-stat.ts';
import { rawServices } from '../sessions/services.ts';
import type { Session } from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { domainName, projectName, resourceGroup } from '../site-facts.ts';
import { showAmount } from '../slots/amount.ts';
import { agentId } from '../slots/capacity.ts';
import { showPresent } from '../slots/slots.ts';
import { jsonText, timeText } from './json-text.ts';

/** Only a session that was placed has an agent. */
export function agentIds(session: Session): readonly string[] {
  return session.scheduledAt === null ? [] : [agentId];
}

/** Occupied slots: what the session holds now; nothing before it is placed and after it ended. */
export function occupiedText(session: Session): string {
  const holds = session.holdsSlots || (session.madeUp && session.status === 'RUNNING');
  return JSON.stringify(holds ? showPresent(session.requested) : {});
}

/** Keyed by cluster host name from 23.03 on. */
export function resourceOptsText(session: Session): string {
  return JSON.stringify({ main1: { shmem: showAmount(session.shmem) } });
}

/** Measured figures while it runs; asking for them also has them read anew for the next time. */
export function liveStatText(session: Session): string | null {
  refreshUsage(session);
  if (session.kernel === null || session.lastUsage === null) return null;
  return JSON.stringify(liveStat(session, session.lastUsage));
}

export function lastStatText(session: Session): string | null {
  return session.lastUsage === null ? null : JSON.stringify(liveStat(session, session.lastUsage));
}

export function historyText(session: Session): string {
  return JSON.stringify(Object.fromEntries([...session.history].map(([status, at]) => [status, timeText(at)])));
}

/** The only idle check that a sandbox has is none: nothing here ends by itself. */
export const idleChecksText = JSON.stringify({
  network_timeout: { remaining: null, remaining_time_type: 'expire_after', extra: null },
  session_lifetime: { remaining: null, remaining_time_type: 'expire_after', extra: null },
});

/** Fields that sessions and their single container have in common. */
class View {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }
  get session_id(): string {
    return this.session.id;
  }
  get image(): string {
    return this.session.image.reference;
  }
  get architecture(): string {
    return architecture;
  }
  get registry(): string {
    return registry;
  }
  get status(): string {
    return this.session.status;
  }
  get status_changed(): string | null {
    return timeText([...this.session.history.values()].at(-1) ?? this.session.createdAt);
  }
  get status_info(): string | null {
    return this.session.statusInfo;
  }
  get status_data(): string | null {
    return jsonText(this.session.statusData);
  }
  get created_at(): string | null {
    return timeText(this.session.createdAt);
  }
  get terminated_at(): string | null {
    return timeText(this.session.terminatedAt);
  }
  get starts_at(): string | null {
    return timeText(this.session.startsAt);
  }
  get scheduled_at(): string | null {
    return timeText(this.session.scheduledAt);
  }
  get resource_opts(): string {
    return resourceOptsText(this.session);
  }
  get occupied_slots(): string {
    return occupiedText(this.session);
  }
}

export class ContainerView extends View {
  readonly idx = 0;
  readonly role = 'main';
  readonly hostname = 'main1';
  readonly cluster_idx = 1;
  readonly local_rank = 0;
  readonly cluster_role = 'main';
  readonly cluster_hostname = 'main1';
  readonly abusing_report = null;
  readonly agent_addr = null;

  get id(): string {
    return this.session.kernelId;
  }
  get kernel_id(): string {
    return this.session.kernelId;
  }
  get agent(): string | null {
    return agentIds(this.session)[0] ?? null;
  }
  get container_id(): string | null {
    return this.session.containerId;
  }
  get live_stat(): string | null {
    return liveStatText(this.session);
  }
  get last_stat(): string | null {
    return lastStatText(this.session);
  }
  get preopen_ports(): readonly number[] {
    return this.session.preopenPorts;
  }
}

export class SessionView extends View {
  readonly type = 'INTERACTIVE';
  readonly main_kernel_role = 'INTERACTIVE';
  readonly cluster_template = null;
  readonly cluster_mode = 'single-node';
  readonly cluster_size = 1;
  readonly domain_name = domainName;
  readonly group_name = projectName;
  readonly created_user_email = null;
  readonly created_user_id = null;
  readonly commit_status = 'ready';
  readonly abusing_reports = [null];
  readonly scaling_group = resourceGroup;
  readonly num_queries = 0;
  readonly inference_metrics = null;
  private readonly site: Site;

  constructor(session: Session, site: Site) {
    super(session);
    this.site = site;
  }
  get id(): string {
    return this.session.id;
  }
  get main_kernel_id(): string {
    return this.session.kernelId;
  }
  get tag(): string | null {
    return this.session.tag;
  }
  get name(): string {
    return this.session.name;
  }
  get priority(): number {
    return this.session.priority;
  }
  get group_id(): string {
    return this.site.projectId;
  }
  get user_id(): string {
    return this.session.owner.userId;
  }
  get user_email(): string {
    return this.session.owner.email;
  }
  get full_name(): string {
    return this.session.owner.fullName;
  }
  get access_key(): string {
    return this.session.owner.accessKey;
  }
  get status_history(): string {
    return historyText(this.session);
  }
  get startup_command(): string | null {
    return this.session.startupCommand;
  }
  get result(): string {
    return this.session.result;
  }
  get idle_checks(): string | null {
    return this.session.status === 'RUNNING' ? idleChecksText : null;
  }
  get agent_ids(): readonly string[] {
    return agentIds(this.session);
  }
  get agents(): readonly string[] {
    return agentIds(this.session);
  }
  get service_ports(): string | null {
    return jsonText(rawServices(this.session));
  }
  get mounts(): readonly string[] {
    return [...new Set(this.session.mounts.map(({ folder }) => folder.name))];
  }
  get vfolder_mounts(): readonly string[] {
    return [...new Set(this.session.mounts.map(({ folder }) => folder.id))];
  }
  get occupying_slots(): string {
    return occupiedText(this.session);
  }
  get requested_slots(): string {
    return JSON.stringify(showPresent(this.session.requested));
  }
  get containers(): readonly ContainerView[] {
    return [new ContainerView(this.session)];
  }
  get dependencies(): readonly SessionView[] {
    const { store } = this.site.sessions;
    return this.session.dependencies.flatMap((id) => {
      const session = store.byId(id);
      return session === null ? [] : [new SessionView(session, this.site)];
    });
  }
}
