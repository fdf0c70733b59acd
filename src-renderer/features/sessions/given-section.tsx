/** Asked and given, slot by slot; a sign where less was given. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { acceleratorUnit, formatBytes, formatNumber } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { givenSlots } from './given-policy.ts';
import { Fact } from './panel-section.tsx';
import { useWords } from './words.ts';

export function GivenSection({ session }: { readonly session: Session }) {
  const t = useWords();
  const d = useDetailWords();
  const words = (slot: string, value: number) => {
    if (slot === 'cpu') return t('panel.cores', { n: formatNumber(value) });
    return slot === 'mem' ? formatBytes(value) : `${formatNumber(value)} ${acceleratorUnit(slot)}`;
  };
  const label = (slot: string) =>
    slot === 'cpu' ? 'CPU' : slot === 'mem' ? t('column.memory') : acceleratorUnit(slot).replace(/^f/, '');
  return (
    <dl className={style.facts}>
      {givenSlots(session).map(({ slot, given, asked, less }) => {
        return (
          <Fact key={slot} label={label(slot)}>
            <span>
              {words(slot, given)}
              {less && asked !== null && (
                <span className={style.less} data-tip={d('given.less')}>
                  <Icon name="warning" /> {d('given.asked', { amount: words(slot, asked) })}
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
