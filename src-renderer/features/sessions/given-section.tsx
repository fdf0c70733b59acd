/** Asked and given, slot by slot; a sign where less was given. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { acceleratorUnit, formatBytes, formatNumber } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { Fact } from './panel-section.tsx';
import { useWords } from './words.ts';

export function GivenSection({ session }: { readonly session: Session }) {
  const t = useWords();
  const d = useDetailWords();
  const asked = session.asked ?? {};
  const slots = [...new Set(['cpu', 'mem', ...Object.keys(session.slots), ...Object.keys(asked)])].filter(
    (slot) => slot === 'cpu' || slot === 'mem' || Number(session.slots[slot] ?? 0) > 0 || Number(asked[slot] ?? 0) > 0,
  );
  const isGiven = session.family === 'running' || session.family === 'ending' || session.family === 'finished';
  const words = (slot: string, value: number) => {
    if (slot === 'cpu') return t('panel.cores', { n: formatNumber(value) });
    return slot === 'mem' ? formatBytes(value) : `${formatNumber(value)} ${acceleratorUnit(slot)}`;
  };
  const label = (slot: string) =>
    slot === 'cpu' ? 'CPU' : slot === 'mem' ? t('column.memory') : acceleratorUnit(slot).replace(/^f/, '');
  return (
    <dl className={style.facts}>
      {slots.map((slot) => {
        const given = Number(session.slots[slot] ?? 0);
        const wanted = asked[slot] === undefined ? null : Number(asked[slot]);
        const less = isGiven && wanted !== null && given < wanted;
        return (
          <Fact key={slot} label={label(slot)}>
            <span>
              {words(slot, given)}
              {less && (
                <span className={style.less} data-tip={d('given.less')}>
                  <Icon name="warning" /> {d('given.asked', { amount: words(slot, wanted) })}
                </span>
              )}
            </span>
          </Fact>
        );
      })}
      {session.shmemBytes !== null && <Fact label={t('panel.shmem')}>{formatBytes(session.shmemBytes)}</Fact>}
    </dl>
  );
}
