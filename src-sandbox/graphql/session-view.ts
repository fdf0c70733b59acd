/**
 * A session as `compute_session_list` shows it. Getters, so that a page of 500 pays only for the fields that it asks for.
 */
import { architecture, registry } from '../images/catalog.ts';
import { pythonText } from '../rest/python-text.ts';
import { idleChecks } from '../sessions/idle-checks.ts';
import { liveStat, refreshUsage } from '../sessions/live-stat.ts';
import { madeUpUse } from '../sessions/made-up.ts';
import { rawServices } from '../sessions/services.ts';
import type { Mount, Session, SessionKernel } from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { domainName } from '../site-facts.ts';
import { showAmount, units } from '../slots/amount.ts';
import { agentOf } from '../slots/capacity.ts';
import { type Slots, showPresent } from '../slots/slots.ts';
import { ImageView } from './image-view.ts';
import { jsonText, timeText } from './json-text.ts';

/** Only a session that was placed has an agent. */
export function agentIds(session: Session): readonly string[] {
  return session.scheduledAt === null ? [] : [agentOf(session.order.resourceGroup)];
}

function holds(session: Session): boolean {
  return session.holdsSlots || (session.madeUp && session.status === 'RUNNING');
}

/** Occupied slots: what the session holds now; nothing before it is placed and after it ended. */
export function occupiedText(session: Session): string {
  return JSON.stringify(holds(session) ? showPresent(givenOf(session)) : {});
}

/** An agent may give less of a GPU than was asked, by the step of its devices; made-up sessions have devices of halves. */
function givenOf({ total, madeUp }: Session): Slots {
  const shares = total['cuda.shares'];
  if (!madeUp || shares === undefined) return total;
  const half = units(1) / 2n;
  return { ...total, 'cuda.shares': shares < half ? shares : (shares / half) * half };
}

/** Keyed by cluster host name from 23.03 on. */
export function resourceOptsText(session: Session): string {
  const options = { shmem: showAmount(session.order.shmem) };
  return JSON.stringify(Object.fromEntries(session.kernels.map(({ hostname }) => [hostname, options])));
}

export function historyText(session: Session): string {
  return JSON.stringify(Object.fromEntries([...session.history].map(([status, at]) => [status, timeText(at)])));
}

/** Measured figures while it runs; asking for them also has them read anew for the next time. */
function liveStatText(session: Session, kernel: SessionKernel): string | null {
  if (session.madeUp && session.status === 'RUNNING')
    return JSON.stringify(liveStat(session, madeUpUse(session), null));
  refreshUsage(kernel);
  if (kernel.running === null || kernel.lastUsage === null) return null;
  return JSON.stringify(liveStat(session, kernel.lastUsage, kernel.usageSums));
}

function printedMount({ folder, subpath, target, readOnly }: Mount): string {
  const hex = (id: string) => id.replaceAll('-', '');
  const id = hex(folder.id);
  const part = subpath === '' ? '.' : subpath;
  const host = ['/vfroot/local', hex(folder.ownerId), id.slice(0, 2), id.slice(2, 4), id.slice(4)].join('/');
  const path = (text: string) => `PurePosixPath(${pythonText(text)})`;
  const permission = readOnly ? "READ_ONLY: 'ro'" : folder.permission === 'wd' ? "RW_DELETE: 'wd'" : "READ_WRITE: 'rw'";
  return (
    `VFolderMount(name=${pythonText(folder.name)}, vfid=<ai.backend.common.types.VFolderID object at 0x7f5d0a4c1e80>, ` +
    `vfsubpath=${path(part)}, host_path=${path(part === '.' ? host : `${host}/${part}`)}, ` +
    `kernel_path=${path(`/home/work/${target}`)}, mount_perm=<MountPermission.${permission}>, ` +
    `usage_mode=<VFolderUsageMode.${folder.usageMode.toUpperCase()}: '${folder.usageMode}'>)`
  );
}

/** Fields that sessions and their containers have in common. */
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
    return timeText(this.session.order.startsAt);
  }
  get scheduled_at(): string | null {
    return timeText(this.session.scheduledAt);
  }
  get resource_opts(): string {
    return resourceOptsText(this.session);
  }
}

export class ContainerView extends View {
  readonly abusing_report = null;
  readonly agent_addr = null;
  private readonly kernel: SessionKernel;

  constructor(session: Session, kernel: SessionKernel) {
    super(session);
    this.kernel = kernel;
  }
  get id(): string {
    return this.kernel.id;
  }
  get kernel_id(): string {
    return this.kernel.id;
  }
  get idx(): number {
    return this.local_rank;
  }
  get role(): string {
    return this.kernel.role;
  }
  get hostname(): string {
    return this.kernel.hostname;
  }
  get cluster_idx(): number {
    return this.kernel.index;
  }
  get local_rank(): number {
    return this.session.kernels.indexOf(this.kernel);
  }
  get cluster_role(): string {
    return this.kernel.role;
  }
  get cluster_hostname(): string {
    return this.kernel.hostname;
  }
  get agent(): string | null {
    return agentIds(this.session)[0] ?? null;
  }
  get image_object(): ImageView {
    return new ImageView(this.session.image, 'node');
  }
  get container_id(): string | null {
    return this.kernel.containerId;
  }
  get occupied_slots(): string {
    return JSON.stringify(holds(this.session) ? showPresent(this.session.order.requested) : {});
  }
  get live_stat(): string | null {
    return liveStatText(this.session, this.kernel);
  }
  get last_stat(): string | null {
    const { lastUsage, usageSums } = this.kernel;
    return lastUsage === null ? null : JSON.stringify(liveStat(this.session, lastUsage, usageSums));
  }
  get preopen_ports(): readonly number[] {
    return this.session.order.preopenPorts;
  }
}

export class SessionView extends View {
  readonly cluster_template = null;
  readonly domain_name = domainName;
  readonly created_user_email = null;
  readonly created_user_id = null;
  readonly abusing_reports = [null];
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
    return this.session.main.id;
  }
  get type(): string {
    return this.session.order.type;
  }
  get main_kernel_role(): string {
    return this.session.order.type;
  }
  get cluster_mode(): string {
    return this.session.order.clusterMode;
  }
  get cluster_size(): number {
    return this.session.order.clusterSize;
  }
  get group_name(): string {
    return this.session.order.project.name;
  }
  get scaling_group(): string {
    return this.session.order.resourceGroup;
  }
  get commit_status(): string {
    return this.session.commitStatus;
  }
  get occupied_slots(): string {
    return occupiedText(this.session);
  }
  get tag(): string | null {
    return this.session.order.tag;
  }
  get name(): string {
    return this.session.name;
  }
  get priority(): number {
    return this.session.order.priority;
  }
  get group_id(): string {
    return this.session.order.project.id;
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
    return this.session.order.startupCommand;
  }
  get result(): string {
    return this.session.result;
  }
  get idle_checks(): string | null {
    const { session, site } = this;
    if (session.status !== 'RUNNING') return null;
    return JSON.stringify(idleChecks(session, site.sessions.usage.policyOf(session.owner), Date.now()));
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
    return [...new Set(this.session.order.mounts.map(({ folder }) => folder.name))];
  }
  /** Ids from late patches of 24.09 on; before, the manager's own objects as Python prints them into a field of text. */
  get vfolder_mounts(): readonly string[] {
    const { mounts } = this.session.order;
    return this.site.face.since('24.09.6')
      ? [...new Set(mounts.map(({ folder }) => folder.id))]
      : mounts.map(printedMount);
  }
  get occupying_slots(): string {
    return occupiedText(this.session);
  }
  get requested_slots(): string {
    return JSON.stringify(showPresent(this.session.total));
  }
  get containers(): readonly ContainerView[] {
    return this.session.kernels.map((kernel) => new ContainerView(this.session, kernel));
  }
  get dependencies(): readonly SessionView[] {
    const { store } = this.site.sessions;
    return this.session.order.dependencies.flatMap((id) => {
      const session = store.byId(id);
      return session === null ? [] : [new SessionView(session, this.site)];
    });
  }
}
