/** What a site lets an account see of sessions and do with them, beside what their status allows. */
import type { OwnImages, SessionRules } from '../../src-preload/contract/session-rules.ts';
import type { SiteApi, SiteConfig } from '../backend/site-api.ts';

/** What is needed of a site. */
export type RuledSite = Pick<SiteApi, 'can' | 'identity' | 'siteConfig'>;

/** @param config null where the site publishes none, as managers without a webserver: then its answers decide */
export function mayCommit(
  config: Pick<SiteConfig, 'containerCommit'> | null,
  can: SiteApi['can'],
): SessionRules['commit'] {
  if (!can('imagify')) return 'unsupported';
  return config?.containerCommit === false ? 'off' : 'offered';
}

/** Whether machines and containers are shown by name (web client parity P-LIST-25, P-DETAIL-04). */
export function showsAgents(config: Pick<SiteConfig, 'hideAgents'> | null, role: string): boolean {
  return role === 'superadmin' || config?.hideAgents !== true;
}

/** Managers before 26.4.4 tell it to superadmins alone. */
export function tellsAudit(role: string, can: SiteApi['can']): boolean {
  return can('auditLogScoped') || (role === 'superadmin' && can('auditLog'));
}

export async function readSessionRules(api: RuledSite, signal?: AbortSignal): Promise<SessionRules> {
  const [config, identity] = await Promise.all([api.siteConfig(signal), api.identity(signal)]);
  const { role } = identity;
  const can: SiteApi['can'] = (feature) => api.can(feature);
  return {
    commit: mayCommit(config, can),
    agents: showsAgents(config, role),
    admin: role === 'admin' || role === 'superadmin',
    rounds: can('schedulingHistory'),
    audit: tellsAudit(role, can),
  };
}

export async function readOwnImages(
  api: Pick<SiteApi, 'ownImageCount' | 'policies'>,
  signal?: AbortSignal,
): Promise<OwnImages> {
  const [have, { user }] = await Promise.all([api.ownImageCount(signal), api.policies(signal)]);
  return { have, limit: user?.maxCustomizedImages ?? null };
}
