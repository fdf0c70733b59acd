/** What a project's sessions hold, and what volumes count (web client parity P-LIST-33). Pure. */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { Volume, VolumeShare } from '../../src-preload/contract/overview.ts';
import type { UsageLine } from '../../src-preload/contract/usage.ts';
import type { FolderHost } from '../backend/api/folders-api.ts';
import type { QuotaScope } from '../backend/api/quotas-api.ts';
import { BerthError } from '../base/berth-error.ts';
import { parseAmount } from '../launcher/amount-policy.ts';
import { mineOf, type UsageSlot } from '../launcher/usage-policy.ts';

/**
 * Null where the site keeps it to itself: every amount is then `NaN` (API reference, section 6.6), and a project whose
 * sessions hold nothing has zeros.
 */
export function projectLines(
  slots: readonly UsageSlot[],
  project: { readonly using: Slots; readonly limits: Slots },
): UsageLine[] | null {
  const told = slots.filter(({ name }) => parseAmount(name, project.using[name]) !== null);
  return told.length === 0 ? null : mineOf(told, project.using, [{ by: 'project', slots: project.limits }]);
}

/** Whether it is worth asking what a volume counts by owner. */
export const countsByOwner = (host: FolderHost): boolean => host.capabilities.includes('quota');

export function shareOf(answer: PromiseSettledResult<QuotaScope>): VolumeShare {
  if (answer.status === 'fulfilled') return { state: 'told', ...answer.value };
  // A defect is nothing that the site said.
  if (!(answer.reason instanceof BerthError)) throw answer.reason;
  return { state: answer.reason.code === 'unsupported' ? 'unsupported' : 'refused' };
}

export function volumeOf(host: FolderHost, isDefault: boolean, shares: Pick<Volume, 'mine' | 'project'>): Volume {
  const { name, usedBytes, totalBytes, usedPercent } = host;
  return { name, isDefault, usedBytes, totalBytes, usedPercent, ...shares };
}
