/** What is used of how much, above the list (web client parity P-LIST-32): one line while folded, a bar each when open. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { UsageView } from '../../../src-preload/contract/session-view.ts';
import type { Usage } from '../../../src-preload/contract/usage.ts';
import { berth } from '../../bridge.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './usage-strip.module.css';
import { isOfUse, usageAmounts, usageLevel, usageLimit, usageName } from './usage-words.ts';
import { useWords } from './words.ts';

/** Not a hook, whatever its name looks like. */
const readUsage = berth.usage.read;

const againMs = 15_000;
const seldomMs = 60_000;
const panels = ['mine', 'in-group', 'group'] as const;

export const usualUsage: UsageView = { open: false, panel: 'mine', resourceGroup: null };

interface Props {
  readonly accountId: string;
  /** By name; null: the person's first. */
  readonly project: string | null;
  /** Changes when there is more or less in use. */
  readonly running: number | undefined;
  readonly view: UsageView;
  readonly onView: (view: UsageView) => void;
  /** At the end of the line. */
  readonly more: ReactNode;
}

export function UsageStrip({ accountId, project, running, view, onView, more }: Props) {
  const t = useWords();
  const { open, panel, resourceGroup } = view;
  const whole = open && panel === 'group';
  const { data } = useQuery({
    queryKey: ['usage.read', accountId, project, resourceGroup, whole, running],
    queryFn: ({ signal }) => readUsage({ accountId, project, resourceGroup, whole }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: open ? againMs : seldomMs,
    enabled: running !== undefined,
  });
  return (
    <section className={style.strip} aria-label={t('usage')}>
      <button
        type="button"
        className={style.toggle}
        aria-expanded={open}
        onClick={() => onView({ ...view, open: !open })}
      >
        <Icon name={open ? 'chevronUp' : 'chevronDown'} size={12} />
        {t('usage')}
      </button>
      {!open && data && (
        <ul className={`${style.brief} numbers`} aria-label={t('usage.mine')}>
          {data.mine.filter(isOfUse).map((line) => (
            <li key={line.slot} data-tip={usageLimit(t, line) || undefined} data-level={usageLevel(line)}>
              <span className={style.slot}>{usageName(t, line, data.mine)}</span> {usageAmounts(t, line)}
            </li>
          ))}
        </ul>
      )}
      {open && data && <Panel data={data} view={view} onView={onView} />}
      <span className={style.more}>{more}</span>
    </section>
  );
}

function Panel({ data, view, onView }: Pick<Props, 'view' | 'onView'> & { readonly data: Usage }) {
  const t = useWords();
  const lines = view.panel === 'mine' ? data.mine : view.panel === 'in-group' ? data.inGroup : data.group;
  return (
    <div className={style.panel}>
      <div className={style.choice}>
        <fieldset className={style.panels}>
          <legend className="visually-hidden">{t('usage.which')}</legend>
          {panels.map((it) => (
            <label key={it}>
              <input
                type="radio"
                name="usage-panel"
                checked={it === view.panel}
                onChange={() => onView({ ...view, panel: it })}
              />
              {t(`usage.${it}`)}
            </label>
          ))}
        </fieldset>
        {view.panel !== 'mine' && (
          <select
            aria-label={t('column.resourceGroup')}
            value={data.resourceGroup ?? ''}
            onChange={(event) => onView({ ...view, resourceGroup: event.currentTarget.value })}
          >
            {data.resourceGroups.map((it) => (
              <option key={it}>{it}</option>
            ))}
          </select>
        )}
      </div>
      {lines === null || lines.length === 0 ? (
        <p className={style.none}>{t('usage.none')}</p>
      ) : (
        <ul className={style.lines}>
          {lines.filter(isOfUse).map((line) => (
            <li key={line.slot} data-level={usageLevel(line)}>
              <span className={style.slot}>{usageName(t, line, lines)}</span>
              <meter
                aria-label={usageName(t, line, lines)}
                min={0}
                max={line.limit === null || line.limit <= 0 ? 1 : line.limit}
                value={line.limit === null ? 0 : Math.min(line.used, line.limit)}
              />
              <span className="numbers">{usageAmounts(t, line)}</span>
              <span className={style.limit}>{usageLimit(t, line)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
