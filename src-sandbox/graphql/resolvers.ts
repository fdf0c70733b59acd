/**
 * The root queries. A regular user sees what is theirs; naming someone else fails, as on a real site.
 */
import type { Account } from '../auth/account.ts';
import { Problem } from '../http/problem.ts';
import { architecture } from '../images/catalog.ts';
import type { Session } from '../sessions/session.ts';
import { projectNamed, projectsOfAccount, projectWithId, type Site } from '../site.ts';
import { domainName } from '../site-facts.ts';
import {
  domainView,
  keypairPolicyView,
  keypairView,
  projectPolicyView,
  projectView,
  resourceGroupView,
  userPolicyView,
  userView,
} from './account-view.ts';
import type { PageArguments } from './connection.ts';
import { folderNodes } from './folder-view.ts';
import { ImageView } from './image-view.ts';
import { rawId } from './json-text.ts';
import { makeListResolvers } from './list-resolvers.ts';
import { SessionNode, sessionNodes } from './node-view.ts';
import { knownStatuses, selectSessions, sessionFields } from './session-fields.ts';
import { SessionView } from './session-view.ts';

interface ListArguments {
  readonly limit: number;
  readonly offset: number;
  readonly filter?: string | null;
  readonly order?: string | null;
  readonly domain_name?: string | null;
  readonly group_id?: string | null;
  readonly access_key?: string | null;
  readonly status?: string | null;
}

interface ImageArguments {
  readonly is_installed?: boolean | null;
  readonly load_filters?: readonly string[] | null;
  readonly filter_by_statuses?: readonly string[] | null;
}

interface ScopeArguments {
  readonly scope_id?: string | null;
  readonly project_id?: string | null;
}

function forbid(what: string): never {
  throw new Problem(403, 'generic-forbidden', 'Forbidden operation.', { msg: `You may read your own ${what} only.` });
}

const superadminOnly = (): never => {
  throw new Problem(403, 'generic-forbidden', 'Forbidden operation.', { msg: 'superadmin privilege required' });
};

/** Root value for execution: one method a query. */
export function makeResolvers(site: Site) {
  const { sessions, images, folders, customized, face } = site;
  const fields = sessionFields(site);
  const statuses = new Set<string>(knownStatuses(face));

  const own = (given: string | null | undefined, mine: string, what: string): void => {
    if (given != null && given !== mine) forbid(what);
  };

  /** Whom an e-mail means: an administrator may name anybody. */
  const named = (email: string | null | undefined, account: Account, what: string): Account | null => {
    if (account.profile.role !== 'admin') own(email, account.email, what);
    return email == null ? account : site.accounts.byEmail(email);
  };

  const readStatuses = (text: string): ReadonlySet<string> => {
    const names = text.split(',');
    for (const name of names) if (!statuses.has(name)) throw new Error(`'${name}' is not a session status`);
    return new Set(names);
  };

  /** Of which project a scope shows this user's sessions and folders; `null` for all, `undefined` for none. */
  const scopeOf = (
    { scope_id: scope, project_id: project }: ScopeArguments,
    account: Account,
  ): string | null | undefined => {
    const named = scope ?? (project == null ? 'system' : `project:${project}`);
    if (named === 'system') return null;
    if (!/^(?:domain|project|user):./.test(named)) throw new Error(`Invalid scope: ${named}`);
    if (named === `domain:${domainName}` || named === `user:${account.userId}`) return null;
    const [kind, id = ''] = named.split(':', 2);
    return kind === 'project' ? projectWithId(site, account, id)?.id : undefined;
  };

  const sessionsIn = (scope: ScopeArguments, account: Account): readonly Session[] => {
    const project = scopeOf(scope, account);
    if (project === undefined) return [];
    const inProject = ({ order }: Session) => project === null || order.project.id === project;
    return [...visibleTo(account)].filter(inProject);
  };
  /** A domain administrator is shown everybody's; others their own. */
  const visibleTo = (account: Account): Iterable<Session> =>
    account.profile.role === 'admin' ? sessions.store.all() : sessions.store.of(account);

  return {
    ...makeListResolvers(site),
    compute_session_list(args: ListArguments, account: Account) {
      own(args.domain_name, domainName, 'domain');
      const other = account.profile.role === 'admin' && args.access_key != null;
      const of = site.accounts.byKey(args.access_key ?? '');
      const candidatesOf = !other ? visibleTo(account) : of === null ? [] : sessions.store.of(of);
      if (!other) own(args.access_key, account.accessKey, 'sessions');
      if (args.limit < 0 || args.offset < 0) throw new Error('limit and offset must not be negative');
      const wanted = args.status == null ? null : readStatuses(args.status);
      const candidates: Session[] = [];
      for (const session of candidatesOf) {
        const inProject = args.group_id == null || args.group_id === session.order.project.id;
        if (inProject && (wanted === null || wanted.has(session.status))) candidates.push(session);
      }
      const rows = selectSessions(candidates, fields.list, args.filter, args.order);
      return {
        total_count: rows.length,
        items: rows.slice(args.offset, args.offset + args.limit).map((session) => new SessionView(session, site)),
      };
    },
    compute_session({ id }: { id: string }, account: Account) {
      const session = sessions.store.byId(id);
      const seen = session?.owner === account || account.profile.role === 'admin';
      return session === null || !seen ? null : new SessionView(session, site);
    },
    compute_session_nodes(args: PageArguments & ScopeArguments, account: Account) {
      return sessionNodes(selectSessions(sessionsIn(args, account), fields.nodes, args.filter, args.order), args, site);
    },
    compute_session_node(args: { id: string } & ScopeArguments, account: Account) {
      const session = sessionsIn(args, account).find(({ id }) => id === rawId(args.id).toLowerCase());
      return session === undefined ? null : new SessionNode(session, site);
    },
    async image(
      args: { id?: string | null; reference?: string | null; architecture?: string | null },
      account: Account,
    ) {
      const general = await images.list();
      const all = [...general, ...customized.list(account, general)];
      const found = all.find((image) =>
        args.id == null
          ? (image.reference === args.reference || image.aliases.includes(args.reference ?? '')) &&
            (args.architecture ?? architecture) === architecture
          : image.id === rawId(args.id),
      );
      return found === undefined ? null : new ImageView(found);
    },
    async images(args: ImageArguments, account: Account) {
      const alive = args.filter_by_statuses == null || args.filter_by_statuses.includes('ALIVE');
      const kinds = args.load_filters ?? ['general'];
      const general = await images.list();
      const all = [
        ...(kinds.includes('general') ? general : []),
        ...(kinds.includes('customized') ? customized.list(account, general) : []),
      ];
      return all
        .filter(
          ({ environment }) => alive && (args.is_installed == null || environment.installed === args.is_installed),
        )
        .map((image) => new ImageView(image));
    },
    user(args: { domain_name?: string | null; email?: string | null }, account: Account) {
      own(args.domain_name, domainName, 'domain');
      const other = named(args.email, account, 'user');
      return other === null ? null : userView(other, site);
    },
    keypair(args: { access_key?: string | null }, account: Account) {
      own(args.access_key, account.accessKey, 'keypair');
      return keypairView(account, site);
    },
    keypairs(args: { email?: string | null; is_active?: boolean | null }, account: Account) {
      const other = named(args.email, account, 'keypairs');
      return other === null || args.is_active === false ? [] : [keypairView(other, site)];
    },
    keypair_resource_policy(args: { name?: string | null }, account: Account) {
      const { policy } = account.profile;
      return (args.name ?? policy) === policy ? keypairPolicyView(account, site) : null;
    },
    user_resource_policy(args: { name?: string | null }, account: Account) {
      const { policy } = account.profile;
      return (args.name ?? policy) === policy ? userPolicyView(account, site) : null;
    },
    project_resource_policy: ({ name }: { name: string }) => (name === 'default' ? projectPolicyView(site) : null),
    group(args: { id: string }, account: Account) {
      const project = projectWithId(site, account, args.id);
      return project === null ? null : projectView(project, site);
    },
    groups(
      args: { domain_name?: string | null; is_active?: boolean | null; type?: readonly string[] | null },
      account: Account,
    ) {
      own(args.domain_name, domainName, 'domain');
      const general = args.type == null || args.type.includes('GENERAL');
      if (!general || args.is_active === false) return [];
      return projectsOfAccount(site, account).map((project) => projectView(project, site));
    },
    groups_by_name(args: { name: string }, account: Account) {
      const project = projectNamed(site, account, args.name);
      return project === null ? [] : [projectView(project, site)];
    },
    domain(args: { name?: string | null }) {
      own(args.name, domainName, 'domain');
      return domainView(site);
    },
    scaling_groups: superadminOnly,
    scaling_groups_for_domain: superadminOnly,
    scaling_groups_for_user_group: superadminOnly,
    scaling_groups_for_keypair: superadminOnly,
    accessible_scaling_groups(args: { project_id: string }, account: Account) {
      const project = projectWithId(site, account, args.project_id);
      return (project?.resourceGroups ?? []).map((name) => resourceGroupView(name, account, site));
    },
    vfolder_nodes(args: PageArguments & ScopeArguments, account: Account) {
      return folderNodes(site, scopeOf(args, account) === undefined ? [] : folders.list(account.userId), args);
    },
  };
}
