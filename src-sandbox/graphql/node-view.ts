/**
 * A session and its kernel as the node API shows them: global ids, lower-case type.
 */
import { architecture } from '../images/catalog.ts';
import type { Session, SessionKernel } from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { domainName } from '../site-facts.ts';
import { type Connection, type PageArguments, paginate } from './connection.ts';
import { folderNodes } from './folder-view.ts';
import { ImageView } from './image-view.ts';
import { globalId } from './json-text.ts';
import { ContainerView, SessionView } from './session-view.ts';

const sessionPermissions = [
  'read_attribute',
  'update_attribute',
  'delete_session',
  'start_app',
  'execute',
  'convert_to_image',
] as const;

/** A kernel of a session; its own identity replaces the container's. */
function kernelNode(session: Session, kernel: SessionKernel): Record<string, unknown> {
  const view = new ContainerView(session, kernel);
  return {
    id: globalId('KernelNode', kernel.id),
    row_id: kernel.id,
    cluster_idx: view.cluster_idx,
    local_rank: view.local_rank,
    cluster_role: view.cluster_role,
    cluster_hostname: view.cluster_hostname,
    session_id: view.session_id,
    image: new ImageView(session.image, 'node'),
    image_reference: session.image.reference,
    architecture,
    status: view.status,
    status_changed: view.status_changed,
    status_info: view.status_info,
    status_data: view.status_data,
    created_at: view.created_at,
    terminated_at: view.terminated_at,
    starts_at: view.starts_at,
    scheduled_at: view.scheduled_at,
    agent_id: view.agent,
    agent_addr: null,
    container_id: view.container_id,
    resource_opts: view.resource_opts,
    occupied_slots: view.occupied_slots,
    live_stat: () => view.live_stat,
    abusing_report: null,
    preopen_ports: session.order.preopenPorts,
  };
}

/** Not a subclass of the list's view: `id` and `type` differ, and the node knows fields that the list does not. */
export class SessionNode {
  readonly __typename = 'ComputeSessionNode';
  readonly permissions = sessionPermissions;
  private readonly session: Session;
  private readonly site: Site;
  private readonly view: SessionView;

  constructor(session: Session, site: Site) {
    this.session = session;
    this.site = site;
    this.view = new SessionView(session, site);
  }
  get id(): string {
    return globalId('ComputeSessionNode', this.session.id);
  }
  get row_id(): string {
    return this.session.id;
  }
  get type(): string {
    return this.session.order.type.toLowerCase();
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
  get cluster_template(): null {
    return null;
  }
  get cluster_mode(): string {
    return this.view.cluster_mode;
  }
  get cluster_size(): number {
    return this.view.cluster_size;
  }
  get domain_name(): string {
    return domainName;
  }
  get project_id(): string {
    return this.session.order.project.id;
  }
  get user_id(): string {
    return this.session.owner.userId;
  }
  get owner(): Record<string, unknown> {
    const { owner } = this.session;
    return {
      id: globalId('UserNode', owner.userId),
      username: owner.email,
      email: owner.email,
      full_name: owner.fullName,
      status: 'active',
      domain_name: domainName,
      role: owner.profile.role,
    };
  }
  get access_key(): string {
    return this.session.owner.accessKey;
  }
  get status(): string {
    return this.session.status;
  }
  get status_info(): string | null {
    return this.session.statusInfo;
  }
  get status_data(): string | null {
    return this.view.status_data;
  }
  get status_history(): string {
    return this.view.status_history;
  }
  get created_at(): string | null {
    return this.view.created_at;
  }
  get terminated_at(): string | null {
    return this.view.terminated_at;
  }
  get starts_at(): string | null {
    return this.view.starts_at;
  }
  get scheduled_at(): string | null {
    return this.view.scheduled_at;
  }
  /** Place in the queue, from 0; `null` when it does not wait. */
  get queue_position(): number | null {
    const index = this.site.sessions.usage.queue().indexOf(this.session);
    return index < 0 ? null : index;
  }
  get startup_command(): string | null {
    return this.session.order.startupCommand;
  }
  get result(): string {
    return this.session.result;
  }
  get commit_status(): string {
    return this.view.commit_status;
  }
  get abusing_reports(): readonly null[] {
    return this.view.abusing_reports;
  }
  get idle_checks(): string | null {
    return this.view.idle_checks;
  }
  get agent_ids(): readonly string[] {
    return this.view.agent_ids;
  }
  get resource_opts(): string {
    return this.view.resource_opts;
  }
  get scaling_group(): string {
    return this.session.order.resourceGroup;
  }
  get service_ports(): string | null {
    return this.view.service_ports;
  }
  get vfolder_mounts(): readonly string[] {
    return this.view.vfolder_mounts;
  }
  get occupied_slots(): string {
    return this.view.occupied_slots;
  }
  get requested_slots(): string {
    return this.view.requested_slots;
  }
  get image_references(): readonly string[] {
    return [this.session.image.reference];
  }
  get num_queries(): number {
    return 0;
  }
  get inference_metrics(): null {
    return null;
  }
  vfolder_nodes(args: PageArguments): Connection<unknown> {
    const ids = new Set(this.session.order.mounts.map(({ folder }) => folder.id));
    return folderNodes(
      this.site,
      this.site.folders.list(this.session.owner.userId).filter(({ folder }) => ids.has(folder.id)),
      args,
    );
  }
  kernel_nodes(args: PageArguments): Connection<unknown> {
    return paginate(
      this.session.kernels,
      args,
      ({ id }) => globalId('KernelNode', id),
      (kernel) => kernelNode(this.session, kernel),
    );
  }
  dependees(args: PageArguments): Connection<SessionNode> {
    const { store } = this.site.sessions;
    return sessionNodes(
      this.session.order.dependencies.flatMap((id) => store.byId(id) ?? []),
      args,
      this.site,
    );
  }
  dependents(args: PageArguments): Connection<SessionNode> {
    const all = [...this.site.sessions.store.all()];
    return sessionNodes(
      all.filter(({ order }) => order.dependencies.includes(this.session.id)),
      args,
      this.site,
    );
  }
}

export function sessionNodes(sessions: readonly Session[], args: PageArguments, site: Site): Connection<SessionNode> {
  const cursorOf = ({ id }: Session): string => globalId('ComputeSessionNode', id);
  return paginate(sessions, args, cursorOf, (session) => new SessionNode(session, site));
}
